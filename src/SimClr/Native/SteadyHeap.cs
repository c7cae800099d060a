namespace SimClr.Native;

/// <summary>
/// Bounds the memory of work that is repeated. Freed memory is kept (<see cref="NativeHeap"/>), in pieces that fit the next round
/// only in part: over twenty rounds of a ResNet-18 the heap was seen to double. Free memory goes back to the kernel where the
/// process has grown beyond what one round took; taking it again costs page faults, so it is not done every time.
/// </summary>
internal sealed class SteadyHeap
{
    private const double Growth = 1.15;

    private long _usual;

    /// <summary>Call before every round: gives free memory back before the first, and where the process has grown.</summary>
    public void RoundBegins()
    {
        if (Environment.WorkingSet > Growth * _usual) NativeHeap.GiveBackFreeMemory();
    }

    /// <summary>Call after every round: the first says what is usual.</summary>
    public void RoundEnded()
    {
        if (_usual == 0) _usual = Environment.WorkingSet;
    }
}
