using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SimClr.Numerics;

namespace SimClr.Augmentation;

/// <summary>
/// One stage of an <see cref="AugmentationPolicy"/>: its random numbers are drawn first, without pixels, and then applied.
/// Immutable, and used by several threads at once. Derive from <see cref="Transform{TDraw}"/> to make one.
/// </summary>
public abstract record Transform
{
    private protected Transform() { }

    /// <summary>Probability that a view is changed, 0 to 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>The name that settings and headings know it by, for example <c>blur</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Returns this record.</summary>
    /// <exception cref="ArgumentException">A value is out of its bounds; the message names option, bound and value.</exception>
    public virtual Transform Validated()
    {
        Require(Probability is >= 0 and <= 1, nameof(Probability), "between 0 and 1", Probability);
        return this;
    }

    /// <summary>Throws, naming this transform, unless an option is within its bounds.</summary>
    /// <exception cref="ArgumentException">The bound does not hold.</exception>
    protected void Require(bool holds, string option, string bound, double value)
    {
        if (!holds) throw new ArgumentException($"{GetType().Name}.{option} must be {bound}, got {value}.");
    }

    /// <summary>Draws the random numbers of a change to a view of side <paramref name="side"/>.</summary>
    internal abstract void Draw(int side, ref CounterRandom random, Span<byte> draw);

    /// <summary>Passes the change to the renderer that makes the view.</summary>
    internal abstract void Apply(ViewRenderer renderer, ReadOnlySpan<byte> draw);
}

/// <summary>A transform that changes a whole view in place; its random part is a <typeparamref name="TDraw"/>.</summary>
/// <typeparam name="TDraw">The random draw of a view; at most <see cref="MaxDrawBytes"/> bytes.</typeparam>
public abstract record Transform<TDraw> : Transform where TDraw : unmanaged
{
    /// <summary>The largest size of a draw in bytes.</summary>
    public const int MaxDrawBytes = AugmentationDraw.SlotBytes;

    /// <summary>Checks the size of the draw.</summary>
    /// <exception cref="NotSupportedException">The draw is larger than <see cref="MaxDrawBytes"/>.</exception>
    protected Transform()
    {
        if (Unsafe.SizeOf<TDraw>() > MaxDrawBytes)
            throw new NotSupportedException($"{typeof(TDraw).Name} has more than {MaxDrawBytes} bytes.");
    }

    /// <summary>Draws the random numbers of one view's change; called only for views that are changed.</summary>
    /// <param name="side">Side S of the view in pixels.</param>
    /// <param name="random">The view's stream; advanced.</param>
    protected abstract TDraw Draw(int side, ref CounterRandom random);

    /// <summary>Changes a view as drawn; a function of its arguments alone.</summary>
    /// <param name="view">Three planes in [0, 1], changed in place; values are to be left in [0, 1].</param>
    /// <param name="draw">The draw.</param>
    /// <param name="scratch">The calling thread's working memory.</param>
    protected abstract void Apply(FloatImage view, in TDraw draw, RenderScratch scratch);

    internal sealed override void Draw(int side, ref CounterRandom random, Span<byte> draw) =>
        MemoryMarshal.Write(draw, Draw(side, ref random));

    internal sealed override void Apply(ViewRenderer renderer, ReadOnlySpan<byte> draw) =>
        Apply(renderer.Finish(), MemoryMarshal.AsRef<TDraw>(draw), renderer.Scratch);
}
