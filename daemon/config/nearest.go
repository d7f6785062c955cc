package config

import "fmt"

// didYouMean returns "; did you mean X?" for the known word nearest to a
// mistyped one, written by format, or "" where none is near.
func didYouMean(word string, known []string, format string) string {
	nearest, least := "", 2+len(word)/4 // distances below are typing errors
	for _, k := range known {
		if d := editDistance(word, k); d < least {
			nearest, least = k, d
		}
	}
	if nearest == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean "+format+"?", nearest)
}

// editDistance returns how many bytes must be put in, taken out or replaced to
// make b of a (Levenshtein).
func editDistance(a, b string) int {
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
