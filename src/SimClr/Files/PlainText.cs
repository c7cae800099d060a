using System.Globalization;

namespace SimClr.Files;

/// <summary>
/// Text that somebody else chose, such as names of files and classes, made fit to be shown: on one line, with nothing that a
/// terminal obeys and nothing that turns the direction of reading.
/// </summary>
public static class PlainText
{
    private const char StandIn = '?';

    /// <summary>The same text with a question mark in the place of each such character.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 // nearly always
            ? text
            : string.Create(text.Length, text, (shown, from) =>
            {
                for (var i = 0; i < from.Length; i++) shown[i] = IsPlain(from[i]) ? from[i] : StandIn;
            });
    }

    private static bool IsPlain(char letter) => char.GetUnicodeCategory(letter) switch
    {
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
        // Marks of direction and other invisible ones; joiners are a part of words and signs.
        UnicodeCategory.Format => letter is '\u200C' or '\u200D',
        _ => true,
    };
}
