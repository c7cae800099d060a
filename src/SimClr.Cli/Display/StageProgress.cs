using Spectre.Console;

namespace SimClr.Cli.Display;

/// <summary>The current stage, in words: a spinner on a terminal, else a line each.</summary>
internal static class StageProgress
{
    /// <summary>Runs work that names its stages.</summary>
    public static T Run<T>(Session session, Func<IProgress<string>, T> work)
    {
        if (!session.IsLive) return work(new Words(session.Note));
        return session.Notes.Status().Start("getting ready",
            status => work(new Words(stage => status.Status(Markup.Escape(stage)))));
    }

    /// <summary>Hands words on at once, on the caller's thread.</summary>
    internal sealed class Words(Action<string> write) : IProgress<string>
    {
        public void Report(string value) => write(value);
    }
}
