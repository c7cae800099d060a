using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SimClr.AspNetCore;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Server;

public sealed class ProblemsTests
{
    [Fact]
    public async Task An_unforeseen_failure_is_logged_as_an_error_with_its_exception_and_answered_without_it()
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = services };
        context.Request.Method = "GET";
        context.Response.Body = body;
        var (log, failure) = (new ListLogger(), new InvalidOperationException("it broke\nin two"));
        await new Problems(log).Handle(context, () => throw failure);
        var entry = Assert.Single(log.Entries);
        Assert.Equal((LogLevel.Error, "RequestFailed", "GET request failed: InvalidOperationException: it broke"),
            (entry.Level, entry.Event, entry.Message));
        Assert.Same(failure, entry.Exception);
        Assert.Equal("GET", entry.Values["Method"]);
        Assert.Equal(500, context.Response.StatusCode);
        Assert.DoesNotContain("broke", System.Text.Encoding.UTF8.GetString(body.ToArray()), StringComparison.Ordinal);
    }
}
