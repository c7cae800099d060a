using System.Text;

namespace SimClr.Cli.Display;

/// <summary>
/// Writes as long as somebody is there to read. When the terminal is closed, the words go nowhere, and the work comes to its end:
/// a state is saved although nobody can be told.
/// </summary>
internal sealed class SteadyWriter(TextWriter inner, Func<IOException, bool> isForgiven) : TextWriter
{
    private const int InputOutputError = 5; // EIO, as a terminal that is gone answers

    public override Encoding Encoding => inner.Encoding;

    /// <summary>
    /// Puts one before the console's two writers. Errors and progress may always be lost; results only with the terminal, while a
    /// full disk or a broken pipe is an error.
    /// </summary>
    public static void Install()
    {
        Console.SetError(new SteadyWriter(Console.Error, _ => true));
        Console.SetOut(new SteadyWriter(Console.Out, e => e.HResult == InputOutputError));
    }

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    public override void Flush() => Try(inner.Flush);

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException e) when (isForgiven(e))
        {
        }
    }
}
