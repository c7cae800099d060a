using SimClr.Files;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SimClr.Cli.Display;

/// <summary>
/// Names of files and classes go to the terminal as plain text, whatever is in them, whichever command shows them: a terminal
/// obeys what looks like an order.
/// </summary>
internal sealed class PlainSegments : IRenderHook
{
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) =>
        renderables.Select(renderable => new Plain(renderable));

    private sealed class Plain(IRenderable inner) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => inner.Render(options, maxWidth)
            .Select(segment => segment.IsControlCode || segment.IsLineBreak
                ? segment
                : new Segment(PlainText.Of(segment.Text), segment.Style));
    }
}
