import Glibc

// Not `await` at the top level: it would hand the main thread to the runtime, and start others, before this line.
Signals.block()
Program.launch()
Signals.wait()
