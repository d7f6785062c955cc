// DOMException: https://webidl.spec.whatwg.org/#idl-DOMException

import {
  ErrorIsError,
  ObjectDefineProperty,
  ObjectGetPrototypeOf,
  ObjectSetPrototypeOf,
  ReflectConstruct,
  SafeError,
  StringPrototypeEndsWith,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  SyntaxErrorPrototype,
  ownValue,
} from "../internal/primordials.ts";
import { defineInterface, toDOMString } from "../internal/webidl.ts";

/** The names that a DOMException of the platform has, with their codes; 0 for those that never had one. */
const codes: { [name: string]: number } = {
  __proto__: null as never,
  IndexSizeError: 1,
  HierarchyRequestError: 3,
  WrongDocumentError: 4,
  InvalidCharacterError: 5,
  NoModificationAllowedError: 7,
  NotFoundError: 8,
  NotSupportedError: 9,
  InUseAttributeError: 10,
  InvalidStateError: 11,
  SyntaxError: 12,
  InvalidModificationError: 13,
  NamespaceError: 14,
  InvalidAccessError: 15,
  TypeMismatchError: 17,
  SecurityError: 18,
  NetworkError: 19,
  AbortError: 20,
  URLMismatchError: 21,
  QuotaExceededError: 22,
  TimeoutError: 23,
  InvalidNodeTypeError: 24,
  DataCloneError: 25,
  EncodingError: 0,
  NotReadableError: 0,
  UnknownError: 0,
  ConstraintError: 0,
  DataError: 0,
  TransactionInactiveError: 0,
  ReadOnlyError: 0,
  VersionError: 0,
  OperationError: 0,
  NotAllowedError: 0,
  OptOutError: 0,
};

/** A constructor that returns its argument: a class that extends it gives its private fields to an object made elsewhere. */
const Adopt = function (object: object): object {
  return object;
} as unknown as new (object: object) => object;

/** A DOMException's state. It lies on an Error, so that it has a stack and Error.isError knows it. */
class State extends Adopt {
  readonly #name: string;
  readonly #message: string;

  constructor(error: object, name: string, message: string) {
    super(error);
    this.#name = name;
    this.#message = message;
  }

  static nameOf(error: unknown): string {
    return (error as State).#name;
  }

  static messageOf(error: unknown): string {
    return (error as State).#message;
  }

  static is(value: object): boolean {
    return #name in value;
  }
}

export class DOMException {
  declare stack: string;

  constructor(message: unknown = "", name: unknown = "Error") {
    const where = "Failed to construct 'DOMException'";
    const text = toDOMString(message, where + ": parameter 1");
    const error = ReflectConstruct(SafeError, [], new.target) as DOMException;
    new State(error, toDOMString(name, where + ": parameter 2"), text);
    setStack(error, scriptFrames(error.stack));
    return error;
  }

  get name(): string {
    return State.nameOf(this);
  }

  get message(): string {
    return State.messageOf(this);
  }

  get code(): number {
    return codes[State.nameOf(this)] ?? 0;
  }
}
ObjectSetPrototypeOf(DOMException.prototype, SafeError.prototype);

defineInterface(DOMException, {
  INDEX_SIZE_ERR: 1,
  DOMSTRING_SIZE_ERR: 2,
  HIERARCHY_REQUEST_ERR: 3,
  WRONG_DOCUMENT_ERR: 4,
  INVALID_CHARACTER_ERR: 5,
  NO_DATA_ALLOWED_ERR: 6,
  NO_MODIFICATION_ALLOWED_ERR: 7,
  NOT_FOUND_ERR: 8,
  NOT_SUPPORTED_ERR: 9,
  INUSE_ATTRIBUTE_ERR: 10,
  INVALID_STATE_ERR: 11,
  SYNTAX_ERR: 12,
  INVALID_MODIFICATION_ERR: 13,
  NAMESPACE_ERR: 14,
  INVALID_ACCESS_ERR: 15,
  VALIDATION_ERR: 16,
  TYPE_MISMATCH_ERR: 17,
  SECURITY_ERR: 18,
  NETWORK_ERR: 19,
  ABORT_ERR: 20,
  URL_MISMATCH_ERR: 21,
  QUOTA_EXCEEDED_ERR: 22,
  TIMEOUT_ERR: 23,
  INVALID_NODE_TYPE_ERR: 24,
  DATA_CLONE_ERR: 25,
});

/** The stack from the first frame on that is a script's: what made the error does not count. */
function scriptFrames(stack: string): string {
  let start = 0;
  for (;;) {
    const end = StringPrototypeIndexOf(stack, "\n", start);
    if (end === -1) return "";
    const line = StringPrototypeSlice(stack, start, end);
    if (!StringPrototypeIncludes(line, "(rowan:") && !StringPrototypeEndsWith(line, "(native)")) break;
    start = end + 1;
  }
  return StringPrototypeSlice(stack, start);
}

function setStack(error: object, stack: string): void {
  ObjectDefineProperty(error, "stack", {
    __proto__: null,
    value: stack,
    writable: true,
    enumerable: false,
    configurable: true,
  } as PropertyDescriptor);
}

export function isDOMException(value: unknown): value is DOMException {
  return typeof value === "object" && value !== null && State.is(value);
}

/**
 * What the host threw, as a script gets it: an Error with a DOMException's name becomes one, anything else stays. A
 * SyntaxError of JavaScript, which the host has no other use for, is made of the DOMException of that name.
 */
export function toDOMException(error: unknown): unknown {
  if (!ErrorIsError(error) || isDOMException(error)) return error;
  const isSyntaxError = ObjectGetPrototypeOf(error as object) === SyntaxErrorPrototype;
  const name = isSyntaxError ? "SyntaxError" : ownValue(error as object, "name");
  if (typeof name !== "string" || codes[name] === undefined) return error;
  const exception = new DOMException(ownValue(error as object, "message") ?? "", name);
  const stack = ownValue(error as object, "stack");
  if (typeof stack === "string") setStack(exception, stack);
  return exception;
}
