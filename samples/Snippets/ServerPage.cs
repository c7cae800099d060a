using SimClr.AspNetCore;

namespace Snippets;

/// <summary>The code of docs/server.md.</summary>
public static class ServerPage
{
    public static async Task Serve()
    {
        #region docs/server.md 1
        await using var server = await SearchServer.StartAsync("pictures.index", new() { Port = 0 });
        Console.WriteLine(server.Address);
        #endregion
    }
}
