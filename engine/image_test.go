package engine

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// imageSpec is a template of groups and the largest bundle of the tests.
func imageSpec(t testing.TB) Spec {
	group, err := Compile(readTestdata(t, "freeze_group.js"), "group.js", false)
	if err != nil {
		t.Fatal(err)
	}
	spec := appSpec(t, readTestdata(t, "language.js"), false)
	spec.Groups = append(spec.Groups, Group{Name: "bus", Program: group})
	return spec
}

func imageHash(w *Window) string {
	h := sha256.New()
	h.Write(w.image.image)
	h.Write(w.pages.image)
	return fmt.Sprintf("%x", h.Sum(nil))
}

// The same bundle gives the same image, byte for byte, in every process and at every time: freed memory, the order of
// free blocks and the clock leave no trace in it.
func TestImageIsTheSame(t *testing.T) {
	const env = "ROWAN_TEST_IMAGE"
	if os.Getenv(env) != "" {
		th := testThread(t)
		w := openApp(t, th, imageSpec(t))
		w2, err := w.tpl.Open(th)
		if err != nil {
			t.Fatal(err)
		}
		other := openApp(t, th, appSpec(t, counterJS, false))
		for range 2 { // what a context does leaves the image alone
			eval(t, th, w.Fork(nil), "run(3, 4)")
			eval(t, th, w.Fork(nil), "Math.random() + Date.now()")
		}
		fmt.Printf("image: %s %s %s\n", imageHash(w), imageHash(w2), imageHash(other))
		w2.Close()
		return
	}
	found := regexp.MustCompile(`(?m)^image: .*$`)
	var images []string
	for range 2 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestImageIsTheSame$")
		cmd.Env = append(os.Environ(), env+"=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		images = append(images, found.FindString(string(out)))
	}
	if images[0] != images[1] || images[0] == "" {
		t.Errorf("two processes:\n%s\n%s", images[0], images[1])
	}
	th := testThread(t)
	var first string
	for i := range 3 {
		w := openApp(t, th, imageSpec(t))
		if hash := imageHash(w); first == "" {
			first = hash
		} else if hash != first {
			t.Errorf("window %d at the same place has another image", i)
		}
		w.Close()
	}
}
