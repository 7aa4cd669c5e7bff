// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The lanes of a profiler, and what the threads that ended had recorded.
final class LaneRegistry: Sendable {
  private struct State {
    var lanes: [Int: Lane] = [:]
    var lastNumber = 0
    var finished = RecordingImage()
  }

  private let state = Mutex(State())

  /// Makes the lane of the calling thread.
  func add(of profiler: Profiler) -> Lane {
    let lane = Lane(of: profiler)
    state.withLock { state in
      state.lastNumber += 1
      state.lanes[state.lastNumber] = lane
    }
    return lane
  }

  /// Takes over what a thread had recorded that ends now.
  ///
  /// Called on that thread.
  func finish(_ storage: UnsafeMutablePointer<LaneStorage>) {
    state.withLock { state in
      guard let (number, lane) = state.lanes.first(where: { unsafe $0.value.storage == storage })
      else { return }
      lane.end()
      // Without looking at the sequence: this is the thread that writes.
      let image = lane.image(at: nil)
      // All into one image, so that many short threads do not leave as many lanes.
      state.finished.add(image)
      if image.sequence > 0 { state.finished.finishedThreads += 1 }
      state.lanes[number] = nil
      lane.deallocate()
    }
  }

  /// What all threads had recorded at this moment.
  ///
  /// `prepare` is called first, while no lane comes or goes; it returns the state of the profiler
  /// that asks for the image.
  func image(after prepare: () -> UInt) -> RecordingImage {
    state.withLock { state in
      // Within the lock, so that the request reaches the lanes that are read below and no other.
      let request = prepare()
      var image = state.finished
      // One thread after the other: each part is whole, and parts may differ a little in time.
      for (number, lane) in state.lanes {
        let part = lane.image(for: request)
        image.add(part)
        if part.sequence > 0 || part.hasOpenCalls { image.activity[number] = part.activity }
      }
      return image
    }
  }

  /// Runs a closure while no lane comes or goes, and none is read.
  func exclusively(_ body: () -> Void) {
    state.withLock { _ in body() }
  }

  /// Gives the memory of all lanes back; none is used any more.
  func close() {
    state.withLock { state in
      for lane in state.lanes.values { lane.deallocate() }
      state.lanes = [:]
    }
  }
}
