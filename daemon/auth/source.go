package auth

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Bounds of loading keys.
const (
	loadTimeout  = 10 * time.Second
	startTimeout = 5 * time.Second  // for a URL to answer before the first token comes
	retryMin     = time.Second      // after a failure, then twice as long each time
	earlyMin     = 10 * time.Second // between two loads that tokens with unknown keys cause
	filePoll     = 2 * time.Second  // between two looks whether a file has changed
)

// A source is where keys come from while tokens are verified. Its goroutine loads them anew; what fails leaves those that there are.
type source struct {
	name    string
	load    func(context.Context) ([]key, error)
	changed func() bool   // whether a file has changed; nil for a URL
	every   time.Duration // between two looks
	warn    func(string)
	timeout time.Duration

	keys atomic.Pointer[[]key] // nil until they have been loaded once

	mu       sync.Mutex
	loading  chan struct{} // closed when the load that is under way has ended; nil if there is none
	lastLoad time.Time     // that a token has caused

	early  chan struct{} // a load is wanted now
	stop   context.CancelFunc
	ctx    context.Context
	closed sync.WaitGroup
}

func newSource(name string, every time.Duration, warn func(string)) *source {
	s := &source{name: name, every: every, warn: warn, timeout: loadTimeout, early: make(chan struct{}, 1)}
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s
}

// pemSource is that of the key file; nil for none.
func pemSource(o Options) (*source, error) {
	if o.KeyFile == "" {
		return nil, nil
	}
	return fileSource("key_file", o.KeyFile, o.Warn, parsePEM)
}

// jwksSource is that of the JWK Set; nil for none.
func jwksSource(o Options) (*source, error) {
	if o.JWKS == "" {
		return nil, nil
	}
	if !strings.Contains(o.JWKS, "://") {
		return fileSource("jwks", o.JWKS, o.Warn, func(text []byte) ([]key, error) { return parseJWKS(text, true) })
	}
	u, err := url.Parse(o.JWKS)
	if err != nil {
		return nil, fmt.Errorf("jwks: %w", err)
	}
	if err := checkURL(u); err != nil {
		return nil, fmt.Errorf("jwks: %w", err)
	}
	s := newSource(o.JWKS, o.Refresh, o.Warn)
	s.load = func(ctx context.Context) ([]key, error) { return fetchJWKS(ctx, o.JWKS) }
	if o.Offline {
		return s, nil
	}
	ctx, cancel := context.WithTimeout(s.ctx, startTimeout)
	defer cancel()
	s.reload(ctx)
	s.closed.Go(s.run)
	return s, nil
}

// fileSource is a file whose keys parse reads. It must have keys at the start.
func fileSource(setting, file string, warn func(string), parse func([]byte) ([]key, error)) (*source, error) {
	s := newSource(file, filePoll, warn)
	var last os.FileInfo
	s.load = func(context.Context) ([]key, error) {
		last, _ = os.Stat(file)
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		text, err := io.ReadAll(io.LimitReader(f, keyFileMax))
		if err != nil {
			return nil, err
		}
		return parse(text)
	}
	s.changed = func() bool {
		info, err := os.Stat(file)
		return err == nil && (last == nil || !info.ModTime().Equal(last.ModTime()) || info.Size() != last.Size() || !os.SameFile(info, last))
	}
	keys, err := s.load(s.ctx)
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("%s: %s: %w", setting, file, err)
	}
	s.keys.Store(&keys)
	s.closed.Go(s.run)
	return s, nil
}

// run loads the keys from time to time, until the source is closed.
func (s *source) run() {
	wait, retry := s.every, retryMin
	if s.keys.Load() == nil {
		wait = retry
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		early := false
		select {
		case <-s.ctx.Done():
			return
		case <-s.early:
			early = true
		case <-timer.C:
		}
		wait = s.every
		if early || s.changed == nil || s.changed() {
			ctx, cancel := context.WithTimeout(s.ctx, s.timeout)
			ok := s.reload(ctx)
			cancel()
			if ok {
				retry = retryMin
			} else if s.changed == nil {
				wait, retry = min(retry, s.every), retry*2
			}
		}
		s.loaded()
		timer.Reset(wait)
	}
}

// reload loads the keys once.
func (s *source) reload(ctx context.Context) bool {
	keys, err := s.load(ctx)
	if err != nil {
		if s.ctx.Err() == nil {
			s.warn(fmt.Sprintf("the keys of %s cannot be loaded: %v", s.name, err))
		}
		return false
	}
	s.keys.Store(&keys)
	return true
}

// loaded tells those who wait for a load.
func (s *source) loaded() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.loading != nil {
		close(s.loading)
		s.loading = nil
	}
}

// refreshEarly has the keys loaded now, unless that was done a moment ago, and waits for it. It reports whether they have been.
func (s *source) refreshEarly(ctx context.Context) bool {
	s.mu.Lock()
	if s.loading == nil {
		if now := time.Now(); now.Sub(s.lastLoad) < earlyMin {
			s.mu.Unlock()
			return false
		} else {
			s.lastLoad = now
		}
		s.loading = make(chan struct{})
		select {
		case s.early <- struct{}{}:
		default: // it is wanted already
		}
	}
	loading := s.loading
	s.mu.Unlock()
	select {
	case <-loading:
		return true
	case <-ctx.Done():
	case <-s.ctx.Done():
	}
	return false
}

func (s *source) close() {
	s.stop()
	s.closed.Wait()
}

// checkURL refuses URLs whose answer somebody on the way could change.
func checkURL(u *url.URL) error {
	host := u.Hostname()
	ip := net.ParseIP(host)
	local := host == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme == "https" || u.Scheme == "http" && local {
		return nil
	}
	return fmt.Errorf("%s is not an https URL", u.Redacted())
}

// client fetches JWK Sets.
var client = &http.Client{
	Timeout: loadTimeout,
	CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > 3 {
			return fmt.Errorf("more than 3 redirects")
		}
		return checkURL(r.URL)
	},
}

// fetchJWKS asks a URL for a JWK Set.
func fetchJWKS(ctx context.Context, address string) ([]key, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/jwk-set+json, application/json")
	res, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %s", res.Status)
	}
	text, err := io.ReadAll(io.LimitReader(res.Body, keyFileMax+1))
	if err != nil {
		return nil, err
	}
	if len(text) > keyFileMax {
		return nil, fmt.Errorf("the answer is larger than %d bytes", keyFileMax)
	}
	return parseJWKS(text, false)
}
