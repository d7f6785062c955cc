// Package presencetest makes texts with phx_refs, of which no two are alike, comparable.
package presencetest

import (
	"regexp"
	"strings"
)

var refPattern = regexp.MustCompile(`"phx_ref(?:_prev)?":"([A-Za-z0-9_-]{16})"`)

// Refs gives each phx_ref that it sees a letter: A to the first, B to the second.
type Refs struct{ letters map[string]string }

// Name puts the letters in place of the phx_refs and phx_ref_prevs of a text.
func (r *Refs) Name(text string) string {
	return refPattern.ReplaceAllStringFunc(text, func(match string) string {
		ref := refPattern.FindStringSubmatch(match)[1]
		letter, known := r.letters[ref]
		if !known {
			if r.letters == nil {
				r.letters = map[string]string{}
			}
			letter = string(rune('A' + len(r.letters)))
			r.letters[ref] = letter
		}
		return strings.Replace(match, ref, letter, 1)
	})
}
