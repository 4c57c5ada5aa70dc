/// A part of a map that hangs together, give or take a gap: a face and a coat that a scarf parts are one subject.
struct SalientRegion {
    /// The columns that the region covers.
    private(set) var columns: Range<Int>
    /// The rows that the region covers.
    private(set) var rows: Range<Int>
    private(set) var weight: Float

    /// Of the strongest weight; what is fainter is an edge or a speck.
    private static let faint: Float = 0.06
    /// Half the gap that is bridged, in pixels of the map.
    private static let reach = 4

    /// The region with the most weight; nil when nothing stands out.
    static func strongest(in map: SaliencyMap) -> SalientRegion? {
        let floor = (map.weights.max() ?? 0) * faint
        let core = map.weights.map { $0 > floor }
        var open = widened(core, map)
        var best: SalientRegion?
        for start in 0..<core.count where core[start] && open[start] {
            let region = grow(from: start, in: map, core: core, open: &open)
            if region.weight > best?.weight ?? 0 { best = region }
        }
        return best
    }

    /// Every pixel within reach of one that is set, along the rows and then along the columns.
    private static func widened(_ mask: [Bool], _ map: SaliencyMap) -> [Bool] {
        let along = spread(mask, lines: map.height, length: map.width, step: 1, lineStep: map.width)
        return spread(along, lines: map.width, length: map.height, step: map.width, lineStep: 1)
    }

    private static func spread(_ mask: [Bool], lines: Int, length: Int, step: Int, lineStep: Int) -> [Bool] {
        var result = mask
        for line in 0..<lines {
            for position in 0..<length where mask[line * lineStep + position * step] {
                for near in max(0, position - reach)...min(length - 1, position + reach) {
                    result[line * lineStep + near * step] = true
                }
            }
        }
        return result
    }

    private static func grow(
        from start: Int, in map: SaliencyMap, core: [Bool], open: inout [Bool]
    ) -> SalientRegion {
        var weight: Float = 0
        var (left, right, top, bottom) = (Int.max, 0, Int.max, 0)
        var stack = [start]
        open[start] = false
        while let pixel = stack.popLast() {
            let (x, y) = (pixel % map.width, pixel / map.width)
            if core[pixel] {
                weight += map.weights[pixel]
                (left, right, top, bottom) = (min(left, x), max(right, x), min(top, y), max(bottom, y))
            }
            for (column, row) in [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)]
            where column >= 0 && row >= 0 && column < map.width && row < map.height {
                let neighbour = row * map.width + column
                guard open[neighbour] else { continue }
                open[neighbour] = false
                stack.append(neighbour)
            }
        }
        // One pixel of margin: the map is smoothed, and its pixels are many of the picture's.
        return SalientRegion(
            columns: max(0, left - 1)..<min(map.width, right + 2), rows: max(0, top - 1)..<min(map.height, bottom + 2),
            weight: weight)
    }
}
