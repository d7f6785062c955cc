package actors

import (
	"errors"
	"sync"

	"rowan/engine"
	"rowan/engine/value"
)

// mail is the messages that wait for a context: in its mailbox, and those that came before its script had a callback.
type mail struct {
	mu     sync.Mutex
	unread int
	bytes  int
	kept   []*message // oldest first
}

// message is one message, and the turn in which the script gets it.
type message struct {
	to   *process
	args []byte // the message and the sender's address, encoded
	kept bool
	span engine.Span // in which it was sent; nil for none
}

const messageArgs = 2

// send queues a message; it is false if p has ended or has no room. A context that has yet to be evaluated gets it
// afterwards.
func (p *process) send(encoded []byte, from string, span engine.Span) bool {
	m := &message{to: p, span: span, args: make([]byte, 0, len(encoded)+len(from)+4)}
	m.args = value.AppendString(append(m.args, encoded...), from)
	o := &p.sys.opts
	if !p.mail.take(len(m.args), o.Mailbox, o.MailboxBytes) {
		return false
	}
	if err := p.ctx.Post(m); err != nil {
		p.mail.give(len(m.args))
		return false
	}
	return true
}

// take makes room for a message.
func (b *mail) take(bytes, most, mostBytes int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.unread >= most || b.unread > 0 && b.bytes+bytes > mostBytes {
		return false
	}
	b.unread++
	b.bytes += bytes
	return true
}

// give gives the room of a message back.
func (b *mail) give(bytes int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.unread--
	b.bytes -= bytes
}

// Run hands the message to the script, or keeps it while that has no callback. Without group rowan nobody can read it.
func (m *message) Run(t *engine.Turn) error {
	f, ok := t.Context().Template().Func("rowan.receive")
	if !ok || m.to.ended.Load() {
		return nil
	}
	t.SetSpan(m.span)
	read, _, err := t.CallEncoded(nil, f, m.args, messageArgs)
	if err == nil && value.Kind(read) == value.TagFalse {
		b := &m.to.mail
		b.mu.Lock()
		defer b.mu.Unlock()
		b.kept = append(b.kept, m)
		m.kept = true
	}
	return err
}

// Done gives the message's room back and reports a turn that failed.
func (m *message) Done(err error) {
	if m.kept {
		return
	}
	m.to.mail.give(len(m.args))
	m.to.uncaught(err)
}

// keptMail takes the messages that came before there was a callback, encoded as an array of pairs.
func (p *process) keptMail() engine.Encoded {
	b := &p.mail
	b.mu.Lock()
	defer b.mu.Unlock()
	all := value.AppendArray(nil, len(b.kept))
	for _, m := range b.kept {
		all = append(value.AppendArray(all, messageArgs), m.args...)
		b.unread--
		b.bytes -= len(m.args)
	}
	b.kept = nil
	return all
}

// uncaught reports the error of a turn that nobody waits for. That a context was closed or lost is for others to tell.
func (p *process) uncaught(err error) {
	var lost *engine.LostError
	if err != nil && !isClosed(err) && !errors.As(err, &lost) {
		p.sys.host.Uncaught(p.ctx, err)
	}
}

func isClosed(err error) bool { return errors.Is(err, engine.ErrClosed) }
