/** First in, first out, at the same cost however long it is. */
export interface Queue<T> {
  size(): number
  add(item: T): void
  /** The item that waits longest; undefined when there is none. */
  take(): T | undefined
}

/** An empty queue. */
export function createQueue<T>(): Queue<T> {
  let items: (T | undefined)[] = []
  let head = 0
  return {
    size: () => items.length - head,
    add: (item) => void items.push(item),
    take: () => {
      if (head === items.length) return undefined
      const item = items[head]
      items[head++] = undefined
      if (head === items.length) {
        items = []
        head = 0
      } else if (head >= 1024 && head * 2 >= items.length) {
        items = items.slice(head)
        head = 0
      }
      return item
    },
  }
}
