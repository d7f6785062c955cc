package nearest

import "testing"

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"memory", "memory", 0},
		{"memry", "memory", 1},
		{"kitten", "sitting", 3},
		{"timers", "itmers", 2},
	}
	for _, test := range tests {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

func TestHint(t *testing.T) {
	tests := []struct {
		word  string
		known []string
		want  string
	}{
		{"publsh", []string{"publish", "subscribers"}, `; did you mean "publish"?`},
		{"tame", []string{"time", "name", "timers"}, `; did you mean "name" or "time"?`},
		{"x", []string{"publish"}, ""},
		{"x", nil, ""},
	}
	for _, test := range tests {
		if got := Hint(test.word, test.known, "%q"); got != test.want {
			t.Errorf("Hint(%q, %q) = %q, want %q", test.word, test.known, got, test.want)
		}
	}
}
