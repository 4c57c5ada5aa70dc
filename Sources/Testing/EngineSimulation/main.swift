import Glibc

Scheduler.takeOver()
exit(Command(Array(CommandLine.arguments.dropFirst())).run())
