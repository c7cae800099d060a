using System.Runtime.CompilerServices;
using SimClr.Fuzz;

if (args.Length == 0 || args[0] is "-h" or "--help")
{
    Console.WriteLine("SimClr.Fuzz TARGET [--seconds S] [--corpus DIR] [--findings DIR] [--seed N]   fuzzes one reader");
    Console.WriteLine("SimClr.Fuzz TARGET FILE...                                                    tries single inputs");
    return 2;
}
// Nothing of SimClr may have been loaded before its copy here has been rewritten.
Instrumentation.Apply(Path.Combine(AppContext.BaseDirectory, "SimClr.dll"));
Coverage.Attach();
return Start(args);

[MethodImpl(MethodImplOptions.NoInlining)]
static int Start(string[] args) => FuzzCommand.Run(args);
