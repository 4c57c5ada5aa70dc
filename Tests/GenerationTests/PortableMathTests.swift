import Foundation
import Testing

@testable import ProviderProcedural

@Suite struct `Portable mathematics` {
    @Test func `the functions agree with the C library's`() {
        for step in -2_000...2_000 {
            let x = Float(step) * 0.013
            #expect(abs(sine(x) - Float(sin(Double(x)))) < 3e-5)
            #expect(abs(exponential(x) / Float(exp(Double(x))) - 1) < 2e-5)
            let v = Vector2(Float(cos(Double(x))), Float(sin(Double(x))))
            #expect(abs(angle(of: v) - Float(atan2(Double(v.y), Double(v.x)))) < 3e-4)
            if x > 0 { #expect(abs(logarithm(x) - Float(log(Double(x)))) < 2e-5) }
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude])
    func `no number, however odd, traps`(x: Float) {
        _ = floored(x)
        _ = sine(x)
        _ = exponential(x)
        _ = logarithm(x)
        _ = power(x, x)
        _ = angle(of: Vector2(x, x))
        #expect((0...1).contains(saturated(x)))
    }

    @Test(arguments: [(Float(2.7), Float(2)), (-2.7, -3), (-3, -3), (0, 0), (0.999, 0), (-0.001, -1)])
    func `floor is floor`(x: Float, expected: Float) {
        #expect(floored(x).whole == expected)
        #expect(floored(x).index == Int32(expected))
    }

    @Test func `colours survive the way to Oklab and back`() {
        for code: UInt32 in [0x000000, 0xFFFFFF, 0xD32F2F, 0x2B66C4, 0x8A8A8A] {
            let light = Colour.hex(code)
            #expect(length(Colour.fromLab(Colour.toLab(light)) - light) < 2e-3)
        }
    }
}
