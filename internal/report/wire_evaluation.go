package report

import (
	"strings"
	"unicode"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/eval"
	"cdp-tui/internal/text"
)

type evaluationJSON struct {
	File          string           `json:"file,omitempty"`
	SHA256        string           `json:"sha256,omitempty"`
	RecordColumn  string           `json:"record_column,omitempty"`
	ClusterColumn string           `json:"cluster_column,omitempty"`
	SourceColumn  string           `json:"source_column,omitempty"`
	Rows          int              `json:"rows"`
	Repeated      int              `json:"repeated"`
	Rejected      int              `json:"rejected"`
	RejectedLines []int            `json:"rejected_lines"`
	Absent        int              `json:"absent"`
	Unclear       int              `json:"unclear"`
	Extra         int              `json:"extra"`
	Records       int              `json:"records"`
	Clusters      int              `json:"clusters"`
	Profiles      int              `json:"profiles"`
	Exact         int              `json:"exact"`
	Right         int64            `json:"right"`
	Wrong         int64            `json:"wrong"`
	Missed        int64            `json:"missed"`
	Pairs         ratesJSON        `json:"pairs"`
	BCubed        ratesJSON        `json:"b_cubed"`
	FalseMerges   []falseMergeJSON `json:"false_merges"`
	Misses        []missJSON       `json:"misses"`
}

type ratesJSON struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

func wireRates(r eval.Rates) ratesJSON { return ratesJSON(r) }

type falseMergeJSON struct {
	Profile  string            `json:"profile,omitempty"`
	Records  int               `json:"records"`
	Pairs    int64             `json:"pairs"`
	Clusters int               `json:"clusters"`
	Parts    []clusterPartJSON `json:"parts"`
	Why      pathJSON          `json:"why"`
	Across   []int             `json:"across"`
}

type clusterPartJSON struct {
	Cluster       string `json:"cluster,omitempty"`
	ClusterMasked string `json:"cluster_masked,omitempty"`
	Records       int    `json:"records"`
	First         string `json:"first,omitempty"`
}

type missJSON struct {
	Cluster       string            `json:"cluster,omitempty"`
	ClusterMasked string            `json:"cluster_masked,omitempty"`
	Records       int               `json:"records"`
	Pairs         int64             `json:"pairs"`
	Profiles      int               `json:"profiles"`
	Parts         []profilePartJSON `json:"parts"`
	Why           pathJSON          `json:"why"`
}

type profilePartJSON struct {
	Profile string `json:"profile,omitempty"`
	Records int    `json:"records"`
	First   string `json:"first,omitempty"`
}

func wireEvaluation(o Options, e Evaluation) evaluationJSON {
	return evaluationJSON{File: e.File, SHA256: e.Hash, RecordColumn: e.Record, ClusterColumn: e.Cluster, SourceColumn: e.Source,
		Rows: e.Rows, Repeated: e.Repeated, Rejected: e.Rejected, RejectedLines: numbers(e.Lines), Absent: e.Absent, Unclear: e.Unclear, Extra: e.Extra,
		Records: e.Records, Clusters: e.Clusters, Profiles: e.Profiles, Exact: e.Exact, Right: e.Right, Wrong: e.Wrong, Missed: e.Missed,
		Pairs: wireRates(e.Score.Pairs), BCubed: wireRates(e.Score.BCubed),
		FalseMerges: wires(o, e.Merges, wireFalseMerge), Misses: wires(o, e.Misses, wireMiss)}
}

func wireFalseMerge(o Options, m FalseMerge) falseMergeJSON {
	return falseMergeJSON{idOf(m.Profile), m.Records, m.Pairs, m.Clusters, wires(o, m.Parts, func(o Options, c ClusterPart) clusterPartJSON {
		w := clusterPartJSON{Records: c.Records, First: idOf(c.First)}
		w.Cluster, w.ClusterMasked = o.wire(clusterKind(c.Cluster), c.Cluster.Reveal())
		return w
	}), wirePath(o, m.Why), numbers(m.Across)}
}

func wireMiss(o Options, m Miss) missJSON {
	w := missJSON{Records: m.Records, Pairs: m.Pairs, Profiles: m.Profiles, Why: wirePath(o, m.Why),
		Parts: wires(o, m.Parts, func(_ Options, c ProfilePart) profilePartJSON {
			return profilePartJSON{idOf(c.Profile), c.Records, idOf(c.First)}
		})}
	w.Cluster, w.ClusterMasked = o.wire(clusterKind(m.Cluster), m.Cluster.Reveal())
	return w
}

// clusterKind is how the name of a cluster is masked: as a key, but words
// without a digit are the name of a person more often than an id.
func clusterKind(v cdp.Value) string {
	raw := strings.TrimSpace(v.Reveal())
	if strings.ContainsFunc(raw, unicode.IsSpace) && !strings.ContainsFunc(raw, unicode.IsDigit) {
		return text.KindName
	}
	return text.KindKey
}

// numbers is a list that is never null.
func numbers(list []int) []int {
	if list == nil {
		return []int{}
	}
	return list
}
