import {
  PromisePrototypeThen,
  ReflectApply,
  SafeTypeError,
  SymbolAsyncIterator,
  SymbolIterator,
} from "../internal/primordials.ts";
import { isObject } from "../internal/webidl.ts";
import { DefaultController } from "./default_controller.ts";
import { promiseOf } from "./promises.ts";
import { Readable } from "./readable.ts";

/** https://streams.spec.whatwg.org/#readable-stream-from-iterable */
export function readableFrom(iterable: unknown): Readable {
  if (iterable === undefined || iterable === null) throw new SafeTypeError("the value is not iterable");
  let begin = methodOf(iterable, SymbolAsyncIterator);
  const sync = begin === undefined;
  if (sync) begin = methodOf(iterable, SymbolIterator);
  if (begin === undefined) throw new SafeTypeError("the value is not iterable");
  const iterator = ReflectApply(begin, iterable, []);
  requireObject(iterator, "the iterator");
  const source = new Iteration(iterator as object, sync);
  const readable = new Readable();
  const controller = new DefaultController(readable, 0);
  controller.start({ self: source, ours: true, handle: controller, start: undefined, pull: source.pull, cancel: source.cancel });
  return readable;
}

/** ECMAScript's GetMethod. */
function methodOf(value: unknown, key: PropertyKey): ((...args: unknown[]) => unknown) | undefined {
  const method = (value as any)[key];
  if (method === undefined || method === null) return undefined;
  if (typeof method !== "function") throw new SafeTypeError("the property is not a function");
  return method;
}

function requireObject(value: unknown, what: string): void {
  if (!isObject(value)) throw new SafeTypeError(what + " is not an object");
}

/** An iterator as a source. A synchronous one's values are waited for, as `for await` does. */
class Iteration {
  private readonly next: unknown;

  constructor(
    private readonly iterator: object,
    private readonly sync: boolean,
  ) {
    this.next = (iterator as { next: unknown }).next;
  }

  pull(controller: DefaultController): unknown {
    const result = ReflectApply(this.next as () => unknown, this.iterator, []);
    if (!this.sync) return PromisePrototypeThen(promiseOf(result, false), (settled) => this.take(settled, controller));
    requireObject(result, "the iterator's result");
    const { done, value } = result as { done?: unknown; value: unknown };
    if (done) {
      controller.close();
      return undefined;
    }
    return PromisePrototypeThen(promiseOf(value, false), (settled) => controller.enqueue(settled));
  }

  cancel(reason: unknown): unknown {
    const end = methodOf(this.iterator, "return");
    if (end === undefined) return undefined;
    const result = ReflectApply(end, this.iterator, [reason]);
    if (!this.sync) return PromisePrototypeThen(promiseOf(result, false), (settled) => requireObject(settled, "what return() gave"));
    requireObject(result, "what return() gave");
    return promiseOf((result as { value: unknown }).value, false);
  }

  private take(result: unknown, controller: DefaultController): void {
    requireObject(result, "the iterator's result");
    if ((result as { done?: unknown }).done) controller.close();
    else controller.enqueue((result as { value: unknown }).value);
  }
}
