namespace SimClr.Files;

/// <summary>Error numbers of the system that .NET has no exception types for.</summary>
internal static class FileErrors
{
    /// <summary>Another holds a lock: EWOULDBLOCK on Linux and macOS, ERROR_SHARING_VIOLATION on Windows.</summary>
    public static bool IsTaken(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    /// <summary>The name is taken: EEXIST, ERROR_FILE_EXISTS or ERROR_ALREADY_EXISTS.</summary>
    public static bool IsThere(IOException e) => e.HResult is 17 or unchecked((int)0x80070050) or unchecked((int)0x800700B7);
}
