package intl

import "testing"

func TestDecimal(t *testing.T) {
	for _, tt := range []struct {
		value         any
		most          int
		mode          string
		whole, behind string
	}{
		{1.005, 2, "halfExpand", "1", "01"}, // by its shortest text, as ICU has it
		{0.5, 0, "halfExpand", "1", ""},
		{0.5, 0, "halfEven", "0", ""},
		{1.5, 0, "halfEven", "2", ""},
		{-1.5, 0, "ceil", "1", ""},
		{-1.5, 0, "floor", "2", ""},
		{999.96, 1, "halfExpand", "1000", ""},
		{0.04, 1, "expand", "0", "1"},
		{0.04, 1, "trunc", "0", ""},
		{1e21, 0, "halfExpand", "1000000000000000000000", ""},
		{0.00012, 3, "halfExpand", "0", ""},
		{0, 2, "halfExpand", "0", ""},
	} {
		d, negative := decimalOf(tt.value)
		whole, behind := d.toFraction(tt.most, tt.mode, negative).text(1, 0)
		if whole != tt.whole || behind != tt.behind {
			t.Errorf("%v to %d digits by %s is %s.%s, want %s.%s", tt.value, tt.most, tt.mode, whole, behind, tt.whole, tt.behind)
		}
	}
}
