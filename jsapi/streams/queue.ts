interface Node<T> {
  item: T;
  size: number;
  next: Node<T> | undefined;
}

/** A queue of chunks with sizes (https://streams.spec.whatwg.org/#queue-with-sizes), and of requests, which have none. */
export class Queue<T> {
  length = 0;
  /** The sum of the sizes. */
  total = 0;
  private head: Node<T> | undefined = undefined;
  private tail: Node<T> | undefined = undefined;

  push(item: T, size = 0): void {
    const node = { item, size, next: undefined };
    if (this.tail === undefined) this.head = node;
    else this.tail.next = node;
    this.tail = node;
    this.length++;
    this.total += size;
  }

  /** The first item. The queue is not empty. */
  peek(): T {
    return this.head!.item;
  }

  /** Removes the first item. The queue is not empty. */
  shift(): T {
    const { item, size, next } = this.head!;
    this.head = next;
    if (next === undefined) this.tail = undefined;
    this.length--;
    this.total -= size;
    if (this.total < 0) this.total = 0; // floating-point sizes do not add up
    return item;
  }

  clear(): void {
    this.head = this.tail = undefined;
    this.length = this.total = 0;
  }
}
