namespace SimClr;

/// <summary>
/// Something cannot be done as asked. The message says in one line what, why and, where that is known, what to do. All exceptions
/// that this library and its companions define derive from this one.
/// </summary>
public abstract class SimClrException : Exception
{
    private readonly IReadOnlyList<string>? _named;

    /// <param name="message">The one line.</param>
    /// <param name="inner">The cause, if there is one.</param>
    protected SimClrException(string message, Exception? inner = null) : base(message, inner) { }

    /// <summary>The property or parameter at fault, such as <c>BatchSize</c>; null where it is none or not one alone.</summary>
    public string? Setting { get; init; }

    /// <summary>The path of the file or folder at fault; null where there is none or it is not known.</summary>
    public string? File { get; init; }

    /// <summary>
    /// The members of the library that the message names, in the order in which it names them: <c>BatchSize</c> for a property,
    /// <c>runFolder</c> for a parameter, <c>Pretrainer.Resume</c> for a method. A program that has its own words for them, such
    /// as options of a command, finds here what to replace. By default <see cref="Setting"/> alone.
    /// </summary>
    public IReadOnlyList<string> Named
    {
        get => _named ?? (Setting is null ? [] : [Setting]);
        init => _named = value;
    }
}
