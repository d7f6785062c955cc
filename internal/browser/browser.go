// Package browser drives headless Chromium in tests of pages.
//
//	b := browser.Start(t)
//	tab := b.Open(server.URL())
//	tab.Click("#increment")
//	tab.WaitText("#count", "1")
//
// Whatever goes wrong ends the test, and an exception that a page does not catch is an error of the test. All of it is
// for the test's own goroutine.
package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long to wait for what should come at once, and pause how long between two looks.
const (
	patience = 30 * time.Second
	pause    = 10 * time.Millisecond
)

// names are the commands that may be a Chromium.
var names = []string{"chromium", "chromium-browser", "google-chrome"}

// Browser is a Chromium that ends with its test.
type Browser struct {
	t   *testing.T
	ctx context.Context
}

// Start starts a Chromium with an empty profile. Where there is none, the test is skipped, or fails if the environment
// says CI=true.
func Start(t *testing.T) *Browser {
	t.Helper()
	alloc, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(find(t)),
		chromedp.NoSandbox, // which needs rights that containers do not give
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
	)...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("browser: start: %v", err)
	}
	return &Browser{t, ctx}
}

// find returns the path of a Chromium.
func find(t *testing.T) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing := fmt.Sprintf("no Chromium to test pages with: none of %q is installed", names)
	if os.Getenv("CI") == "true" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// Tab is a page in a browser.
type Tab struct {
	t      *testing.T
	ctx    context.Context
	cancel context.CancelFunc
}

// Open opens a page in a new tab and waits until it has loaded.
func (b *Browser) Open(url string) *Tab {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	tab := &Tab{b.t, ctx, cancel}
	err := chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*runtime.EventExceptionThrown); ok {
			b.t.Errorf("browser: the page throws: %v", &chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails})
		}
	})
	if err != nil {
		b.t.Fatalf("browser: new tab: %v", err)
	}
	tab.do("open "+url, chromedp.Navigate(url))
	return tab
}

// Close closes the tab, as its user would.
func (tab *Tab) Close() { tab.cancel() }

// Reload loads the page anew.
func (tab *Tab) Reload() {
	tab.t.Helper()
	tab.do("reload", chromedp.Reload())
}

// PreferDark has the tab's user prefer dark colours.
func (tab *Tab) PreferDark() {
	tab.t.Helper()
	tab.do("prefer dark", func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
		})
		return chromedp.Void{}, err
	})
}

// Click clicks on the element that a selector finds, once it can be clicked.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	tab.Wait(element(selector) + "?.disabled !== true")
	tab.do("click "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// Fill makes text the content of an input field, key by key; "\r" is Enter.
func (tab *Tab) Fill(selector, text string) {
	tab.t.Helper()
	tab.Wait(element(selector) + "?.disabled !== true")
	Eval[bool](tab, element(selector)+".value = ''; true")
	tab.do("fill "+selector, chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Text returns the text of the element that a selector finds, or "" where there is none.
func (tab *Tab) Text(selector string) string {
	tab.t.Helper()
	return Eval[string](tab, element(selector)+"?.innerText ?? ''")
}

// WaitText waits until an element has the text.
func (tab *Tab) WaitText(selector, text string) {
	tab.t.Helper()
	tab.Wait(fmt.Sprintf("%s?.innerText === %s", element(selector), quote(text)))
}

// Wait waits until an expression in the page is true.
func (tab *Tab) Wait(expression string) {
	tab.t.Helper()
	for deadline := time.Now().Add(patience); !Eval[bool](tab, "Boolean("+expression+")"); time.Sleep(pause) {
		if time.Now().After(deadline) {
			tab.t.Fatalf("browser: after %v still false: %s\nthe page shows:\n%s", patience, expression, tab.Text("body"))
		}
	}
}

// Eval evaluates an expression in a tab and decodes its value as encoding/json does.
func Eval[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		tab.t.Fatalf("browser: evaluate %s: %v", expression, err)
	}
	return v
}

// do does something in the tab, or ends the test.
func (tab *Tab) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		tab.t.Fatalf("browser: %s: %v", what, err)
	}
}

// element is the expression that finds an element.
func element(selector string) string { return "document.querySelector(" + quote(selector) + ")" }

// quote makes a JavaScript string.
func quote(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}
