package wire

import (
	"bytes"
	"encoding/base64"
	"errors"
)

// ErrPollFrame is a line of a long poll's body that is neither text nor base64.
var ErrPollFrame = errors.New("wire: a frame of a long poll is not base64")

// PollFrames calls f with the frames of a long poll's body, which are one a line, text as it is and binary ones in base64, until f wants no
// more. Those behind the first most are ignored, as are empty lines. A frame may point into body.
func PollFrames(body []byte, most int, f func(frame []byte, text bool) (further bool)) error {
	n := 0
	for line := range bytes.SplitSeq(body, []byte("\n")) {
		if n++; n > most {
			break
		}
		if len(line) == 0 {
			continue
		}
		text := line[0] == '[' || line[0] == '{'
		if !text {
			var err error
			if line, err = base64.StdEncoding.AppendDecode(nil, line); err != nil {
				return ErrPollFrame
			}
		}
		if !f(line, text) {
			break
		}
	}
	return nil
}
