import CVips

/// One call of a libvips operation by its name; every operation and option is reached this way, without a C function
/// for each.
///
/// See libvips' chapter "Binding libvips": make the operation, set its properties, build it, take its outputs.
struct VipsCall: ~Copyable {
    private let library: VipsLibrary
    private let name: String
    private var operation: atelier_vips_operation

    init(_ name: String, in library: VipsLibrary) throws(VipsFailure) {
        guard let operation = library.functions.vips_operation_new(name) else {
            throw VipsFailure(operation: name, detail: library.takeErrorText())
        }
        self.library = library
        self.name = name
        self.operation = operation
    }

    deinit {
        // Outputs that were not taken hold the operation, and it them.
        library.functions.vips_object_unref_outputs(operation)
        library.functions.g_object_unref(UnsafeMutableRawPointer(operation))
    }

    /// Whether this version of libvips knows the option `key`.
    func accepts(_ key: String) -> Bool { specification(of: key) != nil }

    private func specification(of key: String) -> UnsafeMutablePointer<atelier_gparamspec>? {
        // The class is the first word of every GObject: what the macro G_OBJECT_GET_CLASS reads.
        let type = UnsafeRawPointer(operation).load(as: UnsafeMutableRawPointer.self)
        return library.functions.g_object_class_find_property(type, key)
    }

    func set(_ arguments: KeyValuePairs<String, VipsValue>) throws(VipsFailure) {
        for (key, value) in arguments { try set(key, to: value) }
    }

    func set(_ key: String, to value: VipsValue) throws(VipsFailure) {
        guard let type = specification(of: key)?.pointee.value_type else {
            throw VipsFailure(operation: name, detail: "no argument named \(key)")
        }
        let functions = library.functions
        switch value {
        case .int(let number):
            guard let number = Int32(exactly: number) else {
                throw VipsFailure(operation: name, detail: "\(key) is out of range")
            }
            try put(key, as: GType.int) { functions.g_value_set_int($0, number) }
        case .double(let number): try put(key, as: GType.double) { functions.g_value_set_double($0, number) }
        case .bool(let flag): try put(key, as: GType.boolean) { functions.g_value_set_boolean($0, flag ? 1 : 0) }
        case .string(let text): try put(key, as: GType.string) { functions.g_value_set_string($0, text) }
        case .nick(let nick): try setMember(key, of: type, named: nick)
        case .flags(let bits): try put(key, as: type) { functions.g_value_set_flags($0, bits) }
        case .doubles(let numbers):
            try put(key, as: functions.vips_array_double_get_type()) {
                functions.vips_value_set_array_double($0, numbers, Int32(numbers.count))
            }
        case .image(let image):
            try put(key, as: functions.vips_image_get_type()) {
                functions.g_value_set_object($0, UnsafeMutableRawPointer(image.pointer))
            }
        case .blob(let blob):
            try put(key, as: functions.vips_blob_get_type()) { functions.g_value_set_boxed($0, blob.pointer) }
        }
    }

    private func setMember(_ key: String, of type: UInt, named nick: String) throws(VipsFailure) {
        let member = library.functions.vips_enum_from_nick("atelier", type, nick)
        guard member >= 0 else { throw VipsFailure(operation: name, detail: library.takeErrorText()) }
        try put(key, as: type) { library.functions.g_value_set_enum($0, member) }
    }

    private func put(
        _ key: String, as type: UInt, _ fill: (UnsafeMutablePointer<atelier_gvalue>) -> Void
    ) throws(VipsFailure) {
        try library.withGValue(type) { (value) throws(VipsFailure) in
            fill(value)
            library.functions.g_object_set_property(UnsafeMutableRawPointer(operation), key, value)
        }
    }

    /// Checks the arguments and makes the outputs.
    ///
    /// Pixels are computed later, when a result is rendered; savers compute them here.
    mutating func build() throws(VipsFailure) {
        // libvips may put an equal operation in the place of ours; the pointer it leaves is the one to go on with.
        var built: atelier_vips_operation? = operation
        let status = library.functions.vips_cache_operation_buildp(&built)
        if let built { operation = built }
        guard status == 0 else { throw VipsFailure(operation: name, detail: library.takeErrorText()) }
    }

    /// The image that the built operation made.
    func image(_ key: String = "out") throws(VipsFailure) -> VipsImage {
        try library.withGValue(library.functions.vips_image_get_type()) { (value) throws(VipsFailure) in
            library.functions.g_object_get_property(UnsafeMutableRawPointer(operation), key, value)
            guard let object = library.functions.g_value_dup_object(value) else {
                throw VipsFailure(operation: name, detail: "no output named \(key)")
            }
            return VipsImage(owning: atelier_vips_image(object), in: library)
        }
    }

    /// The bytes that the built operation made.
    func bytes(_ key: String = "buffer") throws(VipsFailure) -> [UInt8] {
        try library.withGValue(library.functions.vips_blob_get_type()) { (value) throws(VipsFailure) in
            library.functions.g_object_get_property(UnsafeMutableRawPointer(operation), key, value)
            guard let boxed = library.functions.g_value_get_boxed(value) else {
                throw VipsFailure(operation: name, detail: "no output named \(key)")
            }
            var count = 0
            let start = library.functions.vips_blob_get(boxed, &count)
            return Array(UnsafeRawBufferPointer(start: start, count: count))
        }
    }
}
