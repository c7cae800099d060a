using SharpFuzz;

namespace SimClr.Fuzz;

/// <summary>Rewrites the library in this program's folder so that every branch of its readers is counted.</summary>
internal static class Instrumentation
{
    private static readonly string[] Readers =
    [
        "SimClr.Images.", "SimClr.Data.", "SimClr.Models.", "SimClr.Settings.", "SimClr.Runs.", "SimClr.Training.",
        "SimClr.Reporting.RunRecord",
        "SimClr.Native.", "SimClr.Files.", "SimClr.Search.IndexFile", "SimClr.Classification.", "SimClr.Studies.",
    ];

    private const string Measure = "SimClr.Native.PeakMemory"; // by which the loop itself measures

    public static void Apply(string library)
    {
        // The file may be a hard link to the build's own, so a copy is rewritten and put in its place.
        var copy = Path.Combine(Path.GetDirectoryName(library)!, $"instrumented-{Environment.ProcessId}.dll");
        File.WriteAllBytes(copy, File.ReadAllBytes(library));
        try
        {
            // The package keeps the constructor to itself; the defaults are right.
            var defaults = (Options)Activator.CreateInstance(typeof(Options), nonPublic: true)!;
            _ = Fuzzer.Instrument(copy, name => Readers.Any(name.StartsWith)
                && !name.StartsWith(Measure, StringComparison.Ordinal), defaults).Count();
            File.Move(copy, library, overwrite: true);
        }
        catch (InstrumentationException)
        {
            // It has been rewritten by an earlier run.
        }
        finally
        {
            File.Delete(copy);
        }
    }
}
