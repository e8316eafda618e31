package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/ident"
	"cdp-tui/internal/kv/badgerkv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/query"
	"cdp-tui/internal/search"
	"cdp-tui/internal/steward"
)

// What a store directory holds.
const (
	kvDir    = "kv"    // the store of keys and values
	indexDir = "index" // the search index, which can be thrown away
)

// clockActor acts when time alone changes what may be held.
const clockActor = "cdp-tui (clock)"

// A use says what a command needs of a store.
type use struct {
	create bool // make the store when there is none
	index  bool // open the search index
	asItIs bool // do not judge what has become due: the command looks at the store itself
}

// A session is an open store with a desk at it.
type session struct {
	*program
	use     use
	dir     string
	created bool
	kv      *badgerkv.Store
	index   *search.Index // nil unless asked for
	canon   *ident.Canonicaliser
	steward *steward.Steward
	desk    *steward.Desk
}

// storeDir is where the store is.
func (p *program) storeDir() (string, error) {
	if p.store != "" {
		return p.store, nil
	}
	data, err := p.base("XDG_DATA_HOME", ".local", "share")
	if err != nil {
		return "", err
	}
	return filepath.Join(data, "cdp-tui", "default"), nil
}

// base is a base directory of the XDG specification: that of the variable, or
// one below the home directory. Relative values count as none.
func (p *program) base(variable string, below ...string) (string, error) {
	if dir := p.env(variable); filepath.IsAbs(dir) {
		return dir, nil
	}
	home := p.env("HOME")
	if !filepath.IsAbs(home) {
		return "", hint(errors.New("the home directory is not known"), "give the directory of the store with --store")
	}
	return filepath.Join(append([]string{home}, below...)...), nil
}

// open opens the store and takes it for this process.
func (p *program) open(ctx context.Context, u use) (*session, error) {
	dir, err := p.storeDir()
	if err != nil {
		return nil, err
	}
	if err := finishSwap(dir); err != nil {
		return nil, err
	}
	if err := checkStore(dir, u.create); err != nil {
		return nil, err
	}
	s := &session{program: p, dir: dir, use: u}
	if err := s.connect(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	if !u.asItIs {
		// What has expired must be so before anything is shown.
		if _, err := s.steward.As(steward.Actor{Name: clockActor}).Tick(ctx); err != nil {
			return nil, errors.Join(err, s.close())
		}
	}
	return s, nil
}

// connect opens the store of keys and values and puts the parts together. A
// first load does it again with the new store.
func (s *session) connect(ctx context.Context) (err error) {
	s.kv = nil
	store, err := badgerkv.Open(filepath.Join(s.dir, kvDir), badgerkv.Options{})
	if err != nil {
		return storeError(err)
	}
	s.kv = store
	if err := os.RemoveAll(filepath.Join(s.dir, kvNew)); err != nil { // of a first load that was killed
		return err
	}
	g, err := graph.Open(ctx, s.kv)
	if errors.Is(err, graph.ErrNew) {
		if !s.use.create {
			return errNoStore
		}
		s.created = true
		g, err = graph.Create(ctx, s.kv, s.newMeta())
	}
	if err != nil {
		return err
	}
	if s.canon, err = canonicaliser(g.Meta().TagKey); err != nil {
		return err
	}
	var lists *ident.Marker // values are read by the program's lists, and judged by those in force
	err = g.View(ctx, func(tx *graph.Tx) (err error) {
		lists, err = tx.Lists()
		return err
	})
	if err != nil {
		return err
	}
	if s.use.index && s.index == nil { // after the store: it keeps other processes out of the index too
		if s.index, err = search.Open(filepath.Join(s.dir, indexDir), search.Options{Now: s.now}); err != nil {
			return err
		}
	}
	opt := steward.Options{Now: s.now, Disk: s.size, Canon: s.canonical, Zone: s.place,
		Matcher: graph.DefaultMatcher(lists, lists.Hash())}
	var x *searcher
	if s.index != nil {
		x = &searcher{index: s.index}
		opt.Index = x
	}
	s.steward = steward.New(g, opt)
	if x != nil {
		x.feed = s.steward.Feed()
	}
	s.desk = s.steward.As(s.actor()).Through(s.lens.looked)
	return nil
}

// checkStore makes the directory of a store, or says that there is none, or
// that others can read it.
func checkStore(dir string, create bool) error {
	_, err := os.Stat(filepath.Join(dir, kvDir))
	switch {
	case errors.Is(err, fs.ErrNotExist) && !create:
		return errNoStore
	case errors.Is(err, fs.ErrNotExist):
		if files, err := os.ReadDir(dir); err == nil && len(files) > 0 {
			return hint(fmt.Errorf("%s is not empty and is not a store", dir), "give a new directory with --store")
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		return os.Chmod(dir, 0o700) // it may have been there, empty
	case err != nil:
		return err
	}
	info, err := os.Stat(dir)
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		return hint(fmt.Errorf("others on this machine can read the store %s", dir), "chmod 700 %s", dir)
	}
	return err
}

// storeError says what to do about a store that can not be opened.
func storeError(err error) error {
	if errors.Is(err, badgerkv.ErrDamaged) {
		return hint(err, "restore a copy of the directory, or ingest the sources into a new --store; keep this one as evidence")
	}
	return err
}

func (p *program) newMeta() layout.Meta {
	m := layout.Meta{Created: p.now().UTC()}
	_, _ = rand.Read(m.Store[:]) // never fails (Go 1.24)
	_, _ = rand.Read(m.TagKey[:])
	return m
}

func canonicaliser(tagKey [32]byte) (*ident.Canonicaliser, error) {
	own, err := ident.ParseLists("lists.yaml", ident.DefaultLists())
	if err != nil {
		return nil, fmt.Errorf("the lists of placeholders: %w", err)
	}
	return ident.New(tagKey, own.Lists), nil
}

// canonical makes what an officer types canonical. Kinds that are unique only
// with their issuer are typed as issuer:value; a phone number without its
// country is one of the officer's.
func (s *session) canonical(kind cdp.Kind, raw string) (cdp.Identifier, bool) {
	var opt ident.Options
	switch kind {
	case cdp.KindPhone:
		opt.Country = s.country()
	case cdp.KindLoyalty, cdp.KindCookie, cdp.KindSocial, cdp.KindLogin, cdp.KindCRM, cdp.KindOrder, cdp.KindNationalID, cdp.KindRecord:
		issuer, value, ok := strings.Cut(raw, ":")
		if !ok {
			return cdp.Identifier{}, false
		}
		opt.Issuer, raw = issuer, value
	}
	id, v := s.canon.Canon(kind, raw, opt)
	return id, v.Outcome > ident.Empty
}

// country is that of the locale, as DE in de_DE.UTF-8; "" when it names none.
func (p *program) country() string {
	for _, name := range []string{"LC_ALL", "LC_TELEPHONE", "LANG"} {
		if locale := p.env(name); locale != "" {
			_, rest, _ := strings.Cut(locale, "_")
			if len(rest) >= 2 && countryCode.MatchString(rest[:2]) && (len(rest) == 2 || rest[2] == '.' || rest[2] == '@') {
				return rest[:2]
			}
			return ""
		}
	}
	return ""
}

// size is what the store takes on disk, in bytes, index included.
func (s *session) size() (int64, error) {
	total, err := s.kv.Size()
	if err != nil {
		return 0, err
	}
	err = filepath.WalkDir(filepath.Join(s.dir, indexDir), func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return ignoreMissing(err)
		}
		info, err := d.Info()
		if err != nil {
			return ignoreMissing(err) // a merge may have removed it meanwhile
		}
		if st, ok := info.Sys().(*syscall.Stat_t); ok {
			total += st.Blocks * 512
		}
		return nil
	})
	return total, err
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (s *session) close() error {
	var err error
	if s.index != nil {
		err = s.index.Close()
	}
	if s.kv != nil {
		err = errors.Join(err, s.kv.Close())
	}
	return err
}

// with runs a command on an open store.
func (p *program) with(u use, f func(ctx context.Context, s *session, args []string) error) func(ctx context.Context, args []string) error {
	return func(ctx context.Context, args []string) (err error) {
		s, err := p.open(ctx, u)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.close()) }()
		return f(ctx, s, args)
	}
}

// catchUp brings the index up to the journal.
func (s *session) catchUp(ctx context.Context) error {
	feed := s.steward.Feed()
	head, err := feed.Head(ctx)
	if err != nil {
		return err
	}
	at, err := s.index.Position()
	if err == nil && at == head && s.index.Doubt() == "" {
		return nil
	}
	if why := s.index.Doubt(); why != "" {
		s.say("the search index is made anew: %s", why)
	}
	defer roomy()()
	bar := s.progress("profiles indexed")
	defer bar.end()
	_, err = s.index.CatchUp(ctx, feed, bar.count)
	return err
}

// A searcher is the index as the steward asks it.
type searcher struct {
	index *search.Index
	feed  *steward.Feed
}

// Search answers a request; an index that turns out to be damaged is made anew
// first.
func (x *searcher) Search(ctx context.Context, req cdp.SearchRequest, ident func(context.Context, query.IdentifierTerm) ([]cdp.ProfileID, error)) (cdp.SearchAnswer, error) {
	ans, err := x.index.Search(ctx, x.feed, req, ident)
	if errors.Is(err, search.ErrRebuild) {
		if _, err := x.index.Rebuild(ctx, x.feed, nil); err != nil {
			return ans, err
		}
		ans, err = x.index.Search(ctx, x.feed, req, ident)
	}
	return ans, err
}

// Position returns the last entry of the journal that the index has seen.
func (x *searcher) Position() (uint64, error) { return x.index.Position() }
