namespace SimClr.Settings;

/// <summary>The words that stand for the values of a setting, in files and on the command line.</summary>
public sealed class Choices<T>
{
    private readonly (string Word, T Value)[] _rows;

    /// <param name="setting">The property.</param>
    /// <param name="rows">Every value once, in the order of messages.</param>
    internal Choices(string setting, params (string Word, T Value)[] rows) =>
        (Setting, _rows, Words) = (setting, rows, Array.ConvertAll(rows, row => row.Word));

    /// <summary>The property that has these values.</summary>
    public string Setting { get; }

    /// <summary>Every word.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>The word of a value.</summary>
    /// <exception cref="SettingsException">The value is undefined.</exception>
    public string WordOf(T value) => Array.FindIndex(_rows, row => Same(row.Value, value)) is var at and >= 0
        ? Words[at]
        : throw Undefined(value);

    /// <summary>The value of a word.</summary>
    /// <exception cref="SettingsException">There is no such word; the message names property, words and value.</exception>
    public T Parse(string? word)
    {
        Settings.Require.OneOf(Setting, word, Words);
        return Array.Find(_rows, row => row.Word == word).Value;
    }

    /// <summary>Refuses a value that is undefined.</summary>
    internal void Require(T value) => WordOf(value);

    /// <summary>The exception for a value that is undefined, as a number that was cast to an enum may be.</summary>
    internal SettingsException Undefined(T value) => Settings.Require.NoneOf(Setting, value, Words);

    private static bool Same(T one, T other) => EqualityComparer<T>.Default.Equals(one, other);
}
