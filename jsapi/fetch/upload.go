package fetch

import (
	"context"
	"io"
)

// upload is the body of a request that a script writes part by part. Each write waits until the part is on its way.
type upload struct {
	reader *io.PipeReader
	writer *io.PipeWriter
}

func newUpload() *upload {
	u := &upload{}
	u.reader, u.writer = io.Pipe()
	return u
}

// write sends a part. It fails once nobody reads any more.
func (u *upload) write(ctx context.Context, part []byte) error {
	stop := context.AfterFunc(ctx, func() { u.writer.CloseWithError(context.Cause(ctx)) })
	defer stop()
	_, err := u.writer.Write(part)
	return err
}

// finish says that the body is whole.
func (u *upload) finish() { u.writer.Close() }

// Close breaks the body off, if it was not finished.
func (u *upload) Close() { u.writer.CloseWithError(io.ErrUnexpectedEOF) }
