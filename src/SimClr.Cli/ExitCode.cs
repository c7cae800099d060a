namespace SimClr.Cli;

/// <summary>Exit codes of the process; scripts rely on them.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    /// <summary>Stopped by a signal, as a shell reports Ctrl-C.</summary>
    public const int Interrupted = 130;
}
