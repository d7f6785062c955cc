package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/async"
)

// fsHosts are the host functions of node:fs: fsSync(operation, …) and the same as an operation that goes on beyond the turn. All paths
// are below the root, and no symbolic link leads out of it.
func fsHosts(a *async.Async, root *os.Root) []engine.Host {
	return []engine.Host{
		{Name: "hasFiles", Template: engine.PureCall, Func: func(*engine.Turn, value.Args) (any, error) { return root != nil, nil }},
		{Name: "fsSync", Func: func(t *engine.Turn, args value.Args) (any, error) {
			return fileCall{root, args, turnFiles{a, t}}.run()
		}},
		a.Op("fsLater", func(ctx context.Context, args value.Args) (any, error) {
			return fileCall{root, args, opFiles{ctx}}.run()
		}),
	}
}

// openFiles are the files that a context holds open, by their numbers.
type openFiles interface {
	put(f *os.File) (int, error)
	get(number int) (*os.File, error)
	drop(number int)
}

type turnFiles struct {
	a *async.Async
	t *engine.Turn
}

func (o turnFiles) put(f *os.File) (int, error) { return o.a.Put(o.t, f) }
func (o turnFiles) get(n int) (*os.File, error) { return async.Get[*os.File](o.a, o.t, n) }
func (o turnFiles) drop(n int)                  { o.a.Drop(o.t, n) }

type opFiles struct{ ctx context.Context }

func (o opFiles) put(f *os.File) (int, error) { return async.PutCtx(o.ctx, f) }
func (o opFiles) get(n int) (*os.File, error) { return async.GetCtx[*os.File](o.ctx, n) }
func (o opFiles) drop(n int)                  { async.DropCtx(o.ctx, n) }

// fileCall is one call: its arguments are the operation's name and then its own.
type fileCall struct {
	root *os.Root
	args value.Args
	open openFiles
}

// fileOperations are the operations, each with its arguments beside the name.
var fileOperations = map[string]func(c fileCall) (any, error){
	"access":    fileCall.access,    // path, mode
	"chmod":     fileCall.chmod,     // path, mode
	"close":     fileCall.close,     // file
	"fstat":     fileCall.fstat,     // file
	"fsync":     fileCall.fsync,     // file
	"ftruncate": fileCall.ftruncate, // file, size
	"mkdir":     fileCall.mkdir,     // path, recursive, mode
	"mkdtemp":   fileCall.mkdtemp,   // prefix
	"open":      fileCall.openFile,  // path, flags, mode
	"read":      fileCall.read,      // file, size, position or -1
	"readFile":  fileCall.readFile,  // path, flags
	"readdir":   fileCall.readdir,   // path
	"readlink":  fileCall.readlink,  // path
	"realpath":  fileCall.realpath,  // path
	"rename":    fileCall.rename,    // from, to
	"link":      fileCall.link,      // from, to
	"rmdir":     fileCall.rmdir,     // path
	"rm":        fileCall.rm,        // path
	"stat":      fileCall.stat,      // path, follow
	"symlink":   fileCall.symlink,   // target, path
	"unlink":    fileCall.unlink,    // path
	"utimes":    fileCall.utimes,    // path, accessed, changed in seconds
	"write":     fileCall.write,     // file, bytes, position or -1
	"writeFile": fileCall.writeFile, // path, bytes, flags, mode
}

func (c fileCall) run() (any, error) {
	name, err := c.args.String(0)
	if err != nil {
		return nil, err
	}
	if c.root == nil {
		return nil, fileError("EACCES")
	}
	operation, ok := fileOperations[name]
	if !ok {
		return nil, fileError("ENOSYS")
	}
	c.args = c.args.From(1)
	v, err := operation(c)
	if err != nil {
		return nil, withCode(err)
	}
	if v == nil {
		return value.Undefined, nil
	}
	return v, nil
}

func fileError(code string) error { return &value.Error{Name: "Error", Code: code, Message: code} }

// errnos are the errors that a script can tell apart.
var errnos = []struct {
	err  error
	code string
}{
	{syscall.ENOTEMPTY, "ENOTEMPTY"}, {syscall.ENOTDIR, "ENOTDIR"}, {syscall.EISDIR, "EISDIR"}, {syscall.ELOOP, "ELOOP"},
	{syscall.ENAMETOOLONG, "ENAMETOOLONG"}, {syscall.EXDEV, "EXDEV"}, {syscall.EINVAL, "EINVAL"}, {syscall.EBADF, "EBADF"},
	{syscall.ENOSPC, "ENOSPC"}, {syscall.EROFS, "EROFS"}, {syscall.EMFILE, "EMFILE"}, {syscall.EFBIG, "EFBIG"},
	{syscall.EPERM, "EPERM"}, {syscall.EACCES, "EACCES"},
	{fs.ErrNotExist, "ENOENT"}, {fs.ErrExist, "EEXIST"}, {fs.ErrPermission, "EACCES"}, {fs.ErrClosed, "EBADF"},
}

// withCode makes an error of the system one with Node's code.
func withCode(err error) error {
	var js *value.Error
	if errors.As(err, &js) {
		if js.Code == "stopped" {
			return fileError("EBADF") // the number is of no open file
		}
		return err
	}
	for _, e := range errnos {
		if errors.Is(err, e.err) {
			return fileError(e.code)
		}
	}
	if strings.Contains(err.Error(), "escapes from parent") {
		return fileError("EACCES")
	}
	return fileError("EIO")
}

// path is the argument as a path below the root.
func (c fileCall) path(i int) (string, error) {
	p, err := c.args.String(i)
	if p = strings.Trim(p, "/"); p == "" {
		p = "."
	}
	return p, err
}

func (c fileCall) file() (*os.File, error) {
	n, err := c.args.Int(0)
	if err != nil {
		return nil, err
	}
	return c.open.get(n)
}

func (c fileCall) mode(i int) (os.FileMode, error) {
	mode, err := c.args.Int(i)
	return os.FileMode(mode) & 0o777, err
}

// flagsOf are Node's names for how a file is opened.
func flagsOf(text string) (int, error) {
	flags, ok := map[string]int{
		"r": os.O_RDONLY, "r+": os.O_RDWR, "w": os.O_WRONLY | os.O_CREATE | os.O_TRUNC, "w+": os.O_RDWR | os.O_CREATE | os.O_TRUNC,
		"a": os.O_WRONLY | os.O_CREATE | os.O_APPEND, "a+": os.O_RDWR | os.O_CREATE | os.O_APPEND,
	}[strings.NewReplacer("x", "", "s", "").Replace(text)]
	if !ok {
		return 0, fileError("EINVAL")
	}
	if strings.Contains(text, "x") {
		flags |= os.O_EXCL
	}
	if strings.Contains(text, "s") {
		flags |= os.O_SYNC
	}
	return flags, nil
}

// openAt opens the file of argument 0 with the flags of argument i, and with a mode.
func (c fileCall) openAt(i int, mode os.FileMode) (*os.File, error) {
	p, err := c.path(0)
	if err != nil {
		return nil, err
	}
	text, err := c.args.String(i)
	if err != nil {
		return nil, err
	}
	flags, err := flagsOf(text)
	if err != nil {
		return nil, err
	}
	return c.root.OpenFile(p, flags, mode)
}

func (c fileCall) openFile() (any, error) {
	mode, err := c.mode(2)
	if err != nil {
		return nil, err
	}
	f, err := c.openAt(1, mode)
	if err != nil {
		return nil, err
	}
	return c.open.put(f)
}

func (c fileCall) close() (any, error) {
	if _, err := c.file(); err != nil {
		return nil, err
	}
	n, _ := c.args.Int(0)
	c.open.drop(n)
	return nil, nil
}

// fileMax bounds what is read or written in one call.
const fileMax = 256 << 20

func (c fileCall) readFile() (any, error) {
	f, err := c.openAt(1, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, fileMax+1))
	if err == nil && len(b) > fileMax {
		err = fileError("EFBIG")
	}
	return b, err
}

func (c fileCall) writeFile() (any, error) {
	b, err := c.args.Bytes(1)
	if err != nil {
		return nil, err
	}
	mode, err := c.mode(3)
	if err != nil {
		return nil, err
	}
	f, err := c.openAt(2, mode)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(b)
	return nil, errors.Join(err, f.Close())
}

func (c fileCall) read() (any, error) {
	f, err := c.file()
	if err != nil {
		return nil, err
	}
	n, err := c.args.Int(1)
	if err != nil {
		return nil, err
	}
	at, err := c.args.Float(2)
	if err != nil {
		return nil, err
	}
	b := make([]byte, max(0, min(n, fileMax)))
	if at < 0 {
		n, err = f.Read(b)
	} else {
		n, err = f.ReadAt(b, int64(at))
	}
	if err == io.EOF {
		err = nil
	}
	return b[:max(n, 0)], err
}

func (c fileCall) write() (any, error) {
	f, err := c.file()
	if err != nil {
		return nil, err
	}
	b, err := c.args.Bytes(1)
	if err != nil {
		return nil, err
	}
	at, err := c.args.Float(2)
	if err != nil {
		return nil, err
	}
	if at < 0 {
		return f.Write(b)
	}
	return f.WriteAt(b, int64(at))
}

// statOf is what Stats is made of: mode, size, times in milliseconds, and what else the system tells.
func statOf(info os.FileInfo) any {
	mode := int(info.Mode().Perm())
	switch t := info.Mode(); {
	case t.IsDir():
		mode |= 0o040000
	case t&os.ModeSymlink != 0:
		mode |= 0o120000
	case t&os.ModeNamedPipe != 0:
		mode |= 0o010000
	case t&os.ModeSocket != 0:
		mode |= 0o140000
	case t&os.ModeCharDevice != 0:
		mode |= 0o020000
	case t&os.ModeDevice != 0:
		mode |= 0o060000
	default:
		mode |= 0o100000
	}
	return []any{mode, float64(info.Size()), float64(info.ModTime().UnixNano()) / 1e6}
}

func (c fileCall) stat() (any, error) {
	p, err := c.path(0)
	if err != nil {
		return nil, err
	}
	follow, err := c.args.Bool(1)
	if err != nil {
		return nil, err
	}
	look := c.root.Lstat
	if follow {
		look = c.root.Stat
	}
	info, err := look(p)
	if err != nil {
		return nil, err
	}
	return statOf(info), nil
}

func (c fileCall) fstat() (any, error) {
	f, err := c.file()
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return statOf(info), nil
}

func (c fileCall) fsync() (any, error) {
	f, err := c.file()
	if err != nil {
		return nil, err
	}
	return nil, f.Sync()
}

func (c fileCall) ftruncate() (any, error) {
	f, err := c.file()
	if err != nil {
		return nil, err
	}
	n, err := c.args.Float(1)
	if err != nil {
		return nil, err
	}
	return nil, f.Truncate(int64(n))
}

func (c fileCall) access() (any, error) {
	p, err := c.path(0)
	if err != nil {
		return nil, err
	}
	mode, err := c.args.Int(1)
	if err != nil {
		return nil, err
	}
	info, err := c.root.Stat(p)
	if err == nil && int(info.Mode().Perm()>>6)&mode&7 != mode&7 {
		err = fileError("EACCES")
	}
	return nil, err
}

func (c fileCall) chmod() (any, error) {
	p, err := c.path(0)
	if err != nil {
		return nil, err
	}
	mode, err := c.mode(1)
	if err != nil {
		return nil, err
	}
	return nil, c.root.Chmod(p, mode)
}

func (c fileCall) mkdir() (any, error) {
	p, err := c.path(0)
	if err != nil {
		return nil, err
	}
	recursive, err := c.args.Bool(1)
	if err != nil {
		return nil, err
	}
	mode, err := c.mode(2)
	if err != nil {
		return nil, err
	}
	if !recursive {
		return nil, c.root.Mkdir(p, mode)
	}
	first := ""
	for dir := p; dir != "."; dir = path.Dir(dir) {
		if _, err := c.root.Stat(dir); err == nil {
			break
		}
		first = dir
	}
	if err := c.root.MkdirAll(p, mode); err != nil {
		return nil, err
	}
	if first == "" {
		return nil, nil
	}
	return "/" + first, nil
}

func (c fileCall) mkdtemp() (any, error) {
	p, err := c.path(0)
	if err != nil {
		return nil, err
	}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	for range 100 {
		suffix := make([]byte, 6)
		for i := range suffix {
			suffix[i] = letters[rand.IntN(len(letters))]
		}
		switch err = c.root.Mkdir(p+string(suffix), 0o700); {
		case err == nil:
			return "/" + p + string(suffix), nil
		case !errors.Is(err, fs.ErrExist):
			return nil, err
		}
	}
	return nil, err
}

// entriesMax bounds what one call lists.
const entriesMax = 100_000

func (c fileCall) readdir() (any, error) {
	p, err := c.path(0)
	if err != nil {
		return nil, err
	}
	f, err := c.root.Open(p)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(entriesMax)
	if err != nil && err != io.EOF {
		return nil, err
	}
	list := make([]any, len(entries))
	for i, e := range entries {
		kind := 1 // UV_DIRENT_FILE
		switch t := e.Type(); {
		case t.IsDir():
			kind = 2
		case t&os.ModeSymlink != 0:
			kind = 3
		case !t.IsRegular():
			kind = 0
		}
		list[i] = []any{e.Name(), kind}
	}
	return list, nil
}

func (c fileCall) readlink() (any, error) {
	p, err := c.path(0)
	if err != nil {
		return nil, err
	}
	return c.root.Readlink(p)
}

// linksMax bounds how many symbolic links lead to a file.
const linksMax = 40

// realpath follows the links of a path, which os.Root has found to lead nowhere outside.
func (c fileCall) realpath() (any, error) {
	p, err := c.path(0)
	if err != nil {
		return nil, err
	}
	if _, err := c.root.Stat(p); err != nil {
		return nil, err
	}
	done, rest := "", strings.Split(p, "/")
	for links := 0; len(rest) > 0; {
		next := path.Join(done, rest[0])
		rest = rest[1:]
		target, err := c.root.Readlink(next)
		if err != nil || next == "." {
			done = next
			continue
		}
		if links++; links > linksMax {
			return nil, fileError("ELOOP")
		}
		rest = append(strings.Split(target, "/"), rest...)
	}
	return "/" + strings.TrimPrefix(done, "."), nil
}

func (c fileCall) two(f func(from, to string) error) (any, error) {
	from, err := c.path(0)
	if err != nil {
		return nil, err
	}
	to, err := c.path(1)
	if err != nil {
		return nil, err
	}
	return nil, f(from, to)
}

func (c fileCall) rename() (any, error) { return c.two(c.root.Rename) }
func (c fileCall) link() (any, error)   { return c.two(c.root.Link) }

func (c fileCall) symlink() (any, error) {
	target, err := c.args.String(0)
	if err != nil {
		return nil, err
	}
	p, err := c.path(1)
	if err != nil {
		return nil, err
	}
	return nil, c.root.Symlink(target, p)
}

func (c fileCall) unlink() (any, error) {
	p, err := c.path(0)
	if err != nil {
		return nil, err
	}
	if info, err := c.root.Lstat(p); err == nil && info.IsDir() {
		return nil, fileError("EISDIR")
	}
	return nil, c.root.Remove(p)
}

func (c fileCall) rmdir() (any, error) {
	p, err := c.path(0)
	if err != nil {
		return nil, err
	}
	if info, err := c.root.Lstat(p); err == nil && !info.IsDir() {
		return nil, fileError("ENOTDIR")
	}
	return nil, c.root.Remove(p)
}

func (c fileCall) rm() (any, error) {
	p, err := c.path(0)
	if err != nil {
		return nil, err
	}
	if p == "." {
		return nil, fileError("EPERM")
	}
	return nil, c.root.RemoveAll(p)
}

func (c fileCall) utimes() (any, error) {
	p, err := c.path(0)
	if err != nil {
		return nil, err
	}
	var times [2]time.Time
	for i := range times {
		seconds, err := c.args.Float(1 + i)
		if err != nil || math.IsNaN(seconds) {
			return nil, fmt.Errorf("%w: a time", syscall.EINVAL)
		}
		times[i] = time.UnixMicro(int64(seconds * 1e6))
	}
	return nil, c.root.Chtimes(p, times[0], times[1])
}
