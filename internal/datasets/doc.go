// Package datasets measures who is who on public data with known answers:
// tests only. The data lie beside the project in ../shared/datasets, are never
// copied into it, and the tests are skipped where they are absent.
package datasets
