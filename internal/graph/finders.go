package graph

import (
	"fmt"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

func decodeIdentifierRow(r *layout.Reader) (standing, error) {
	row := standing{in: layout.Component(r.Uint()), state: resolve.State(r.Byte())}
	if !r.Done() || row == (standing{}) {
		return row, fmt.Errorf("graph: identifier: %w", layout.ErrDamaged)
	}
	return row, nil
}

func encodeIdentifierRow(w *layout.Writer, row standing) []byte {
	w.Uint(uint64(row.in))
	w.Byte(byte(row.state))
	return w.B
}

// setIdentifierRow writes where a link leads. Rows are counted once for an
// identifier and controller, at the class of all claims.
func (tx *Tx) setIdentifierRow(l resolve.Link, row standing, fresh bool) error {
	key := keyOfLink(l)
	if fresh && !tx.linking[string(key)] {
		if err := tx.countLink(l, 1); err != nil {
			return err
		}
		if err := tx.alias(l.ID); err != nil {
			return err
		}
	}
	tx.noteLinking(key)
	return tx.set(key, encodeIdentifierRow(tx.writer(), row))
}

func (tx *Tx) countLink(l resolve.Link, by int) error {
	rules, err := tx.rules()
	if err != nil || !rules.Weakest(l.ID.Kind(), l.Class) {
		return err
	}
	return tx.countIdentifier(by)
}

// noteLinking remembers that an identifier's row is there.
func (tx *Tx) noteLinking(key []byte) {
	if tx.linking == nil {
		tx.linking = make(map[string]bool)
	}
	tx.linking[string(key)] = true
}

func (tx *Tx) deleteIdentifierRow(l resolve.Link) error {
	key := keyOfLink(l)
	delete(tx.linking, string(key))
	tx.mayUnalias(l.ID)
	if err := tx.countLink(l, -1); err != nil {
		return err
	}
	return tx.delete(key)
}

// setWithheld writes the row that finds a record by a claim that joins nothing.
func (tx *Tx) setWithheld(id cdp.Identifier, rec cdp.RecordID, state placeState) error {
	if err := tx.alias(id); err != nil {
		return err
	}
	return tx.set(layout.KeyWithheld(id, rec), []byte{byte(state)})
}

// dropWithheld deletes the row that finds a record by a claim that joins nothing.
func (tx *Tx) dropWithheld(id cdp.Identifier, rec cdp.RecordID) error {
	tx.mayUnalias(id)
	return tx.delete(layout.KeyWithheld(id, rec))
}
