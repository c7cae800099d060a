using System.Collections;
using System.Globalization;

namespace SimClr.Cli;

/// <summary>Values as they are written on the command line.</summary>
internal static class ValueText
{
    public const string True = "true", False = "false";

    /// <summary>The text of a value, or null where it is empty.</summary>
    public static string? Of(object? value) => value switch
    {
        null or "" => null,
        string text => text,
        bool flag => flag ? True : False,
        IEnumerable list => Of(string.Join(',', list.Cast<object>().Select(Of))),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
