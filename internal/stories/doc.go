// Package stories holds the stories that testdata/README.md tells against the
// whole house: tests only. They stand here because the go tool leaves
// directories named testdata out of ./... .
package stories
