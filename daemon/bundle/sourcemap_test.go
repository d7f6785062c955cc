package bundle

import "testing"

func TestLookup(t *testing.T) {
	// Line 1 begins unmapped, line 2 at the start of b.ts with a hole after it,
	// line 3 has nothing, line 4 goes back to a.ts.
	m, err := parseSourceMap("app.js", []byte(`{
		"version": 3, "sources": ["a.ts", "b.ts"], "names": ["x"],
		"mappings": "A,IAAA,IAAIA;ACAA,Q;;EDCA"
	}`))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		line, column int
		file         string
		wantLine     int
		wantColumn   int
	}{
		{1, 1, "", 0, 0},
		{1, 4, "", 0, 0},
		{1, 5, "a.ts", 1, 1},
		{1, 8, "a.ts", 1, 1},
		{1, 9, "a.ts", 1, 5},
		{1, 999, "a.ts", 1, 5},
		{2, 0, "b.ts", 1, 5},
		{2, 1, "b.ts", 1, 5},
		{2, 9, "", 0, 0},
		{3, 1, "", 0, 0},
		{4, 0, "a.ts", 2, 5},
		{4, 1, "a.ts", 2, 5},
		{4, 3, "a.ts", 2, 5},
		{5, 1, "", 0, 0},
		{0, 0, "", 0, 0},
		{-1, -1, "", 0, 0},
	}
	for _, test := range tests {
		file, line, column, ok := m.Lookup(test.line, test.column)
		if file != test.file || line != test.wantLine || column != test.wantColumn || ok != (file != "") {
			t.Errorf("Lookup(%d, %d) = %q, %d, %d, %v; want %q, %d, %d", test.line, test.column,
				file, line, column, ok, test.file, test.wantLine, test.wantColumn)
		}
	}
}

func TestParseSourceMapErrors(t *testing.T) {
	tests := []struct{ data, want string }{
		{`nope`, "source map of app.js: invalid character 'o' in literal null (expecting 'u')"},
		{`{"version": 2}`, "source map of app.js: version 2 is not 3"},
		{`{"version": 3, "mappings": "AA"}`, `source map of app.js: bad segment "AA"`},
		{`{"version": 3, "mappings": "AAAA"}`, `source map of app.js: bad segment "AAAA"`},
		{`{"version": 3, "sources": ["a"], "mappings": "ADAA"}`, `source map of app.js: bad segment "ADAA"`},
		{`{"version": 3, "sources": ["a"], "mappings": "AA!A"}`, `source map of app.js: bad segment "AA!A"`},
		{`{"version": 3, "sources": ["a"], "mappings": "AAAg"}`, `source map of app.js: bad segment "AAAg"`},
		{`{"version": 3, "sources": ["a"], "mappings": "AAAAAA"}`, `source map of app.js: bad segment "AAAAAA"`},
		{`{"version": 3, "sources": ["a"], "mappings": "gggggggggA"}`, `source map of app.js: bad segment "gggggggggA"`},
	}
	for _, test := range tests {
		if _, err := parseSourceMap("app.js", []byte(test.data)); err == nil || err.Error() != test.want {
			t.Errorf("parseSourceMap(%s): %v, want %s", test.data, err, test.want)
		}
	}
}

func FuzzParseSourceMap(f *testing.F) {
	f.Add("A,IAAA,IAAIA;ACAA,Q;;EDCA", 1, 5)
	f.Add("ggggggC;AADA", 2, 1)
	f.Fuzz(func(t *testing.T, mappings string, line, column int) {
		m := &SourceMap{sources: []string{"a.ts", "b.ts"}}
		if m.parse(mappings) != nil {
			return
		}
		if file, _, _, ok := m.Lookup(line, column); ok != (file != "") {
			t.Errorf("Lookup(%d, %d) = %q, %v", line, column, file, ok)
		}
	})
}
