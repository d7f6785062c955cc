package urlpattern

import "testing"

func TestShield(t *testing.T) {
	for _, test := range []struct{ source, want string }{
		{`^foo-bar$`, `^foo\x2dbar$`},
		{`^a::b:$`, `^a:\x3ab:$`},
		{`^[a-z--q::]-$`, `^[a-z--q::]\x2d$`},
		{`^\-(?:-|::)a??(?<n-m>=)$`, `^\-(?:\x2d|:\x3a)a??(?<n-m>=)$`},
		{`^(.com/)$`, `^(.com\x2f)$`},
		{`^\/[^\/]+?$`, `^\/[^\/]+?$`},
	} {
		if got := shield(test.source); got != test.want {
			t.Errorf("shield(%s) is %s, want %s", test.source, got, test.want)
		}
	}
}
