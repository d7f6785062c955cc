package value

// MaxDepth is how many containers may nest in one value.
const MaxDepth = 256

// MaxSize is the limit of one encoded value in bytes, unless [Limit] sets another.
const MaxSize = 64 << 20

// Tag is the first byte of an encoded value.
type Tag byte

// The tags, as the package documentation lays them out.
const (
	TagUndefined   Tag = 0x00
	TagNull        Tag = 0x01
	TagFalse       Tag = 0x02
	TagTrue        Tag = 0x03
	TagInt         Tag = 0x04
	TagFloat       Tag = 0x05
	TagBigInt      Tag = 0x06
	TagLatin1      Tag = 0x07
	TagUTF16       Tag = 0x08
	TagArrayBuffer Tag = 0x09
	TagTypedArray  Tag = 0x0A
	TagDate        Tag = 0x0B
	TagMap         Tag = 0x0C
	TagSet         Tag = 0x0D
	TagArray       Tag = 0x0E
	TagObject      Tag = 0x0F
	TagHole        Tag = 0x10
	TagError       Tag = 0x11

	// TagInvalid is what [Kind] says of bytes that begin no value.
	TagInvalid Tag = 0xFF
)

// flagCause in the flags of an error says that its cause follows.
const flagCause = 1 << 0

var tagNames = [...]string{
	TagUndefined:   "undefined",
	TagNull:        "null",
	TagFalse:       "boolean",
	TagTrue:        "boolean",
	TagInt:         "number",
	TagFloat:       "number",
	TagBigInt:      "bigint",
	TagLatin1:      "string",
	TagUTF16:       "string",
	TagArrayBuffer: "ArrayBuffer",
	TagTypedArray:  "typed array",
	TagDate:        "Date",
	TagMap:         "Map",
	TagSet:         "Set",
	TagArray:       "array",
	TagObject:      "object",
	TagHole:        "hole",
	TagError:       "Error",
}

// String is the name that a message to a script's author gives such a value:
// what typeof says of a primitive, the class of an object.
func (t Tag) String() string {
	if int(t) < len(tagNames) {
		return tagNames[t]
	}
	return "invalid"
}

// IsString reports whether t is one of the two tags of a string.
func (t Tag) IsString() bool { return t == TagLatin1 || t == TagUTF16 }

// IsNumber reports whether t is one of the two tags of a number.
func (t Tag) IsNumber() bool { return t == TagInt || t == TagFloat }

// Kind is the tag of the value at the start of b. It does not look further: a
// known tag does not mean that the value is whole.
func Kind(b []byte) Tag {
	if len(b) == 0 || int(b[0]) >= len(tagNames) {
		return TagInvalid
	}
	return Tag(b[0])
}
