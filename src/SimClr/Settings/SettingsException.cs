namespace SimClr.Settings;

/// <summary>A setting is unknown or out of bounds; the message names the property, its bound and its value.</summary>
/// <param name="message">The one line.</param>
/// <param name="inner">The cause, if there is one.</param>
public sealed class SettingsException(string message, Exception? inner = null) : SimClrException(message, inner);
