// Package nearest says which known word a mistyped one may stand for.
package nearest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// wordsMax is how many words a hint suggests.
const wordsMax = 3

// Hint returns `; did you mean X?` for the known words nearest to a mistyped one, each written by format ("%q"), or "" where
// none is near.
func Hint(word string, known []string, format string) string {
	type candidate struct {
		word     string
		distance int
	}
	var near []candidate
	for _, k := range known {
		if d := distance(word, k); d <= 1+len(word)/4 { // below it are typing errors
			near = append(near, candidate{k, d})
		}
	}
	if len(near) == 0 {
		return ""
	}
	slices.SortFunc(near, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), strings.Compare(a.word, b.word))
	})
	var words []string
	for _, c := range near[:min(len(near), wordsMax)] {
		if c.distance > near[0].distance {
			break
		}
		words = append(words, fmt.Sprintf(format, c.word))
	}
	last := len(words) - 1
	if last == 0 {
		return "; did you mean " + words[0] + "?"
	}
	return "; did you mean " + strings.Join(words[:last], ", ") + " or " + words[last] + "?"
}

// distance is how many bytes must be put in, taken out or replaced to make b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1) // distances of a[:i] to each b[:j]
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
