package main

import (
	"bufio"
	"context"
	"errors"
	"io"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
)

// write sends an answer to standard output, as JSON or as plain text.
func (p *program) write(asJSON func(*report.JSON) error, asText func(io.Writer, report.Options) error) error {
	w := bufio.NewWriter(p.out)
	var err error
	if p.json {
		err = asJSON(report.NewJSON(w, p.options()))
	} else {
		err = asText(w, p.options())
	}
	return errors.Join(err, w.Flush())
}

// disclose logs that values about things are shown in clear, if they are. It
// comes before every answer that can hold personal values.
func (s *session) disclose(ctx context.Context, object cdp.Ref, about []cdp.Ref, fields ...string) error {
	if !s.revealed {
		return nil
	}
	return s.desk.RevealPage(ctx, object, about, fields, s.reveal)
}

func profileRef(id cdp.ProfileID) cdp.Ref { return cdp.Ref{Kind: "profile", ID: id.String()} }
func recordRef(id cdp.RecordID) cdp.Ref   { return cdp.Ref{Kind: "record", ID: id.String()} }

// pageSize is how many items are asked of a desk at a time.
const pageSize = 500

// pages reads a list page by page until limit items were read, or all when
// limit is 0, and hands them to f. next gives up to n items after the last one
// read. more says that the list goes on.
func pages[T any](limit int, next func(last *T, n int) ([]T, error), f func([]T) error) (more bool, err error) {
	var last *T
	for read := 0; ; {
		n := pageSize
		if limit > 0 {
			n = min(n, limit+1-read) // one more than is shown, to know whether the list goes on
		}
		items, err := next(last, n)
		if err != nil {
			return false, err
		}
		whole := len(items) < n
		if limit > 0 && read+len(items) > limit {
			items, more = items[:limit-read], true
		}
		if len(items) > 0 {
			last = &items[len(items)-1]
		}
		if err := f(items); err != nil {
			return more, err
		}
		if read += len(items); whole || more {
			return more, nil
		}
	}
}

// list writes a list: as JSON page by page, as text in one.
func list[T any](s *session, limit int, next func(last *T, n int) ([]T, error),
	asJSON func(*report.JSON, []T) error, asText func(io.Writer, cdp.Page[T], report.Options) error) error {
	var page cdp.Page[T]
	err := s.write(func(j *report.JSON) (err error) {
		page.More, err = pages(limit, next, func(items []T) error { return asJSON(j, items) })
		return err
	}, func(w io.Writer, o report.Options) (err error) {
		page.More, err = pages(limit, next, func(items []T) error {
			page.Items = append(page.Items, items...)
			return nil
		})
		if err != nil {
			return err
		}
		return asText(w, page, o)
	})
	if err == nil && page.More {
		s.say("more follow: --limit 0 gives all")
	}
	return err
}
