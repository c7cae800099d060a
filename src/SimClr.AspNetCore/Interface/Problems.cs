using Microsoft.Extensions.Logging;

namespace SimClr.AspNetCore;

/// <summary>Every request that is not answered as asked ends in <c>application/problem+json</c> (RFC 9457) with words.</summary>
/// <param name="logger">Receives each unforeseen failure; or null.</param>
internal sealed class Problems(ILogger? logger)
{
    public async Task Handle(HttpContext context, Func<Task> next)
    {
        try
        {
            await next();
            if (context.Response is { StatusCode: >= 400, HasStarted: false, ContentType: null })
                await Answer(context, context.Response.StatusCode, WordsFor(context.Response.StatusCode));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
        catch (RequestRefusedException refusal)
        {
            if (refusal.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = $"{seconds}";
            await Answer(context, refusal.Status, refusal.Message);
        }
        catch (BadHttpRequestException e)
        {
            await Answer(context, e.StatusCode, WordsFor(e.StatusCode));
        }
        catch (Exception e)
        {
            logger?.RequestFailed(context.Request.Method, context.GetEndpoint()?.DisplayName ?? "request", e.GetType().Name,
                e.Message.Split('\n', 2)[0], e);
            await Answer(context, StatusCodes.Status500InternalServerError, WordsFor(500));
        }
    }

    private static async Task Answer(HttpContext context, int status, string words)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }
        await Results.Problem(words, statusCode: status).ExecuteAsync(context);
    }

    private static string WordsFor(int status) => status switch
    {
        400 => "The request cannot be understood; 'top' and 'picture' are whole numbers.",
        404 => "There is nothing at this address; /openapi/v1.json lists what there is.",
        405 => "This address does not take this method; /openapi/v1.json lists what it takes.",
        408 => "The request came too slowly.",
        413 => "The request is too large.",
        415 => "The request is of a kind that is not taken here; /openapi/v1.json lists what is.",
        500 => "Something unforeseen happened; the server goes on.",
        _ => "The request is not answered.",
    };
}
