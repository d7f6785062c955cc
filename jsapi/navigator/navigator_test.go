package navigator

import "testing"

func TestPlatform(t *testing.T) {
	for _, test := range [][3]string{
		{"linux", "amd64", "Linux x86_64"},
		{"linux", "arm64", "Linux aarch64"},
		{"linux", "riscv64", "Linux riscv64"},
		{"freebsd", "386", "Freebsd i686"},
		{"darwin", "arm64", "MacIntel"},
		{"windows", "amd64", "Win32"},
	} {
		if got := platform(test[0], test[1]); got != test[2] {
			t.Errorf("%s, %s: %q, want %q", test[0], test[1], got, test[2])
		}
	}
}
