using System.Diagnostics;

namespace SimClr.Tests.Fixtures;

/// <summary>A process that ends with its test at the latest: disposing kills it and all that it started.</summary>
internal sealed class OwnedProcess : Process
{
    private bool _isStarted;

    /// <summary>Starts a program.</summary>
    public static new OwnedProcess Start(ProcessStartInfo info)
    {
        var process = new OwnedProcess { StartInfo = info };
        process._isStarted = process.Start();
        return process;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _isStarted && !HasExited) Kill(entireProcessTree: true);
        _isStarted = false;
        base.Dispose(disposing);
    }
}
