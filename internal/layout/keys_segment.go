package layout

import (
	"time"

	"cdp-tui/internal/kv"
)

const letterSegment = 'C'

// Sorts of rows under a letter; part of the layout.
const (
	segmentRow = 1
	segmentRun = 2
)

// KeySegment holds a version of a saved segment.
func KeySegment(name string, version int) []byte {
	return appendNumber(appendText([]byte{letterSegment, segmentRow}, name), uint64(version))
}

// Segments are all versions of all segments, by name, oldest first.
func Segments() kv.Range { return kv.Prefix([]byte{letterSegment, segmentRow}) }

// SegmentVersions are the versions of a segment, oldest first.
func SegmentVersions(name string) kv.Range {
	return kv.Prefix(appendText([]byte{letterSegment, segmentRow}, name))
}

// KeySegmentRun holds what a segment counted at a time.
func KeySegmentRun(name string, at time.Time) []byte {
	return appendTime(appendText([]byte{letterSegment, segmentRun}, name), at)
}

// SegmentRuns are the kept counts of a segment, oldest first.
func SegmentRuns(name string) kv.Range {
	return kv.Prefix(appendText([]byte{letterSegment, segmentRun}, name))
}
