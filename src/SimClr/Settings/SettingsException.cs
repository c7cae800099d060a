namespace SimClr.Settings;

/// <summary>A setting is unknown or out of bounds; the message names the option, the bound and the value, in one line.</summary>
public sealed class SettingsException : Exception
{
    /// <inheritdoc/>
    public SettingsException() { }

    /// <inheritdoc/>
    public SettingsException(string message) : base(message) { }

    /// <inheritdoc/>
    public SettingsException(string message, Exception innerException) : base(message, innerException) { }
}
