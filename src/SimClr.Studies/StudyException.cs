namespace SimClr.Studies;

/// <summary>A study's folder cannot be used; the message says why and what to do, in one line.</summary>
/// <param name="message">The one line.</param>
/// <param name="inner">The cause, if there is one.</param>
public sealed class StudyException(string message, Exception? inner = null) : SimClrException(message, inner)
{
    // Of the methods that run studies.
    internal const string FolderParameter = "outFolder", Another = $"give another {FolderParameter}";

    /// <summary>A folder holds something else.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="what">The fault, in words.</param>
    /// <param name="purpose">The purpose that needs another one.</param>
    internal static StudyException OtherFolder(string folder, string what, string purpose = "") =>
        new($"{folder} {what}{(what.EndsWith(" or", StringComparison.Ordinal) ? "" : ";")} {Another}{purpose}.")
        {
            File = folder,
            Named = [FolderParameter],
        };
}
