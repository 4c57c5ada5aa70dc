/// What is to happen at which time; at one time, in the order it was entered.
struct Agenda {
    private struct Entry {
        let time: Int
        let order: Int
        let action: () -> Void
        func comes(before other: Entry) -> Bool { (time, order) < (other.time, other.order) }
    }
    private var heap: [Entry] = []
    private var entered = 0

    var isEmpty: Bool { heap.isEmpty }

    mutating func enter(at time: Int, _ action: @escaping () -> Void) {
        entered += 1
        heap.append(Entry(time: time, order: entered, action: action))
        var child = heap.count - 1
        while child > 0, heap[child].comes(before: heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes what comes first.
    mutating func next() -> (time: Int, action: () -> Void)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (first.time, first.action)
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].comes(before: heap[least]) { least = child }
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
