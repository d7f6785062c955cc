package daemon

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"rowan/daemon/config"
)

// certificate is the server's certificate, which is loaded anew when its files have changed. They are looked at when a client comes, so
// that nobody has to watch them.
type certificate struct {
	files  [2]string // of the certificate, and of its key
	failed func(error)

	current atomic.Pointer[tls.Certificate]
	looked  atomic.Int64 // when the files were looked at: Unix time in nanoseconds

	mu   sync.Mutex // held while the files are looked at
	seen [2]stamp   // what they were when they were loaded, or could not be
}

// certificateAge is for how long the files are not looked at again.
const certificateAge = 10 * time.Second

// stamp tells a file from a later one in its place.
type stamp struct {
	changed time.Time
	size    int64
}

// loadCertificate loads the certificate; nil without one. failed is told of files that cannot be loaded later on: the last certificate
// that could goes on.
func loadCertificate(c config.TLS, failed func(error)) (*certificate, error) {
	if c.Cert == "" {
		return nil, nil
	}
	own := &certificate{files: [2]string{c.Cert, c.Key}, failed: failed}
	if err := own.load(); err != nil {
		return nil, err
	}
	return own, nil
}

// get is a tls.Config's GetCertificate.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	now := time.Now().UnixNano()
	if last := c.looked.Load(); now-last > int64(certificateAge) && c.looked.CompareAndSwap(last, now) {
		c.renew()
	}
	return c.current.Load(), nil
}

// renew loads the certificate if its files have changed. Nothing happens without one.
func (c *certificate) renew() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stamps() == c.seen {
		return
	}
	if err := c.load(); err != nil {
		c.failed(err)
	}
}

// load loads the files, whether they have changed or not.
func (c *certificate) load() error {
	c.looked.Store(time.Now().UnixNano())
	c.seen = c.stamps()
	pair, err := tls.LoadX509KeyPair(c.files[0], c.files[1])
	if err != nil {
		return fmt.Errorf("the certificate of [tls]: %w", err)
	}
	c.current.Store(&pair)
	return nil
}

func (c *certificate) stamps() (s [2]stamp) {
	for i, file := range c.files {
		if info, err := os.Stat(file); err == nil {
			s[i] = stamp{info.ModTime(), info.Size()}
		}
	}
	return s
}
