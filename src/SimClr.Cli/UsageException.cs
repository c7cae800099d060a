namespace SimClr.Cli;

/// <summary>The command line is wrong in a way that only a command can tell; the message is one sentence.</summary>
internal sealed class UsageException(string message) : SimClrException(message);
